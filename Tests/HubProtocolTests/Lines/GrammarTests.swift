import Foundation
import Testing

@testable import HubProtocol

@Test(arguments: Command.Verb.allCases) func everyVerbIsInTheGrammar(verb: Command.Verb) {
  let usage = verb.usage
  #expect(usage.line == verb.name || usage.line.hasPrefix(verb.name + " "))
  #expect(Command.grammar.contains("\n\(usage.line)\n    \(usage.reply)\n    \(usage.summary)\n"))
}

/// The first line of a usage is what the parser takes, once its places are filled.
@Test(arguments: Command.Verb.allCases) func everyUsageIsACommand(verb: Command.Verb) {
  let line = verb.usage.line.replacing("<target> [<target> …] [since=<id>|since=start]", with: "user:1 * since=7-1")
    .replacing("[since=<id>|since=start]", with: "since=7-1").replacing("users|topic:<name>", with: "topic:a")
    .replacing("<target>", with: "user:1").replacing("<event>", with: "e").replacing("<JSON>", with: "1")
    .replacing("<topics>", with: "topic:a").replacing("user:<id>", with: "user:1").replacing("<id>", with: "7-1")
    .replacing("<unix time>", with: "1").replacing("[", with: "").replacing("]", with: "")
  if case .failure(let error) = CommandParser.parse(Array(line.utf8).span) {
    Issue.record("\(line): \(error.message)")
  }
}

@Test func anUnknownVerbIsAnsweredWithAllThatThereAre() {
  guard case .failure(let error) = CommandParser.parse(Array("PUHS".utf8).span) else {
    Issue.record("it is a command")
    return
  }
  for verb in Command.Verb.allCases { #expect(error.message.contains(" \(verb.name)")) }
}

/// The page says more of each, and the same of how it is written.
@Test func theTableOfThePageHasTheUsages() throws {
  let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/line-protocol.md")
  let text = try String(contentsOf: page.standardized, encoding: .utf8)
  let table = text.split(separator: "\n").drop { $0 != "| command | reply |" }
  let rows = table.dropFirst(2).prefix { $0.hasPrefix("| `") }
  let usages = Command.Verb.allCases.map { "| `\($0.usage.line.replacing("|", with: "\\|"))` |" }
  for row in rows { #expect(usages.contains { row.hasPrefix($0) }, "\(row)") }
  for usage in usages { #expect(rows.contains { $0.hasPrefix(usage) }, "\(usage)") }
}

@Test func theGrammarIsOneLineAsJSON() throws {
  let reply = Reply.json(JSONText.string(Command.grammar)).bytes
  #expect(reply.firstIndex(of: 0x0A) == reply.count - 1)
  #expect(JSONValue(Array(reply.dropFirst(3)))?.string == Command.grammar)
}
