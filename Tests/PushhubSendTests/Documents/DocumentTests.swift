import Foundation
import Testing

@testable import pushhub_send

/// The man page and the completions have, between lines that say so, what is made of the declarations of options and
/// commands: `UPDATE_DOCUMENTATION=1 swift test --filter DocumentTests` writes it anew.
struct DocumentTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardized

  /// - Parameter parts: by what stands behind `Made of the declarations: ` in the page.
  private func check(_ path: String, comment: String, _ parts: [String: String]) throws {
    let url = Self.root.appending(path: path)
    let page = try String(contentsOf: url, encoding: .utf8)
    var expected = page
    for (name, made) in parts {
      let start = try #require(expected.firstRange(of: "\(comment) Made of the declarations: \(name)\n")).upperBound
      let end = try #require(expected[start...].firstRange(of: "\(comment) End of \(name)\n")).lowerBound
      expected.replaceSubrange(start..<end, with: made)
    }
    if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] == "1", expected != page {
      try expected.write(to: url, atomically: true, encoding: .utf8)
    } else {
      #expect(page == expected)
    }
  }

  @Test func theManPageHasTheDeclaredOptionsAndCommands() throws {
    try check(
      "docs/man/pushhub-send.1", comment: ".\\\"",
      [
        "the synopsis": ManualText.synopsis + "\n",
        "targets": ManualText.options(of: .target) + "\n",
        "publishing": ManualText.options(of: .publishing) + "\n",
        "options of commands": ManualText.options(of: .commands) + "\n",
        "general options": ManualText.options(of: .general) + "\n",
        "commands": ManualText.commands + "\n",
      ])
  }

  @Test func theCompletionsHaveTheDeclaredOptionsAndCommands() throws {
    try check("completions/pushhub-send", comment: "#", ["the table": CompletionText.bash])
    try check("completions/_pushhub-send", comment: "#", ["the table": CompletionText.zsh])
    try check("completions/pushhub-send.fish", comment: "#", ["the table": CompletionText.fish])
  }

  @Test func helpFitsATerminal() {
    for line in HelpText.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func everyOptionAndEveryCommandIsInHelp() {
    for option in CommandOption.allCases { #expect(HelpText.text.contains("  \(option.synopsis)")) }
    for word in CommandWord.allCases { #expect(HelpText.text.contains("  \(word.rawValue)")) }
  }

  /// Else one of two that were given would win silently.
  @Test func whatExcludesAnotherIsExcludedByIt() {
    for option in CommandOption.allCases {
      for other in option.declaration.excludes { #expect(other.declaration.excludes.contains(option), "\(option)") }
    }
  }
}
