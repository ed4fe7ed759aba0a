import Testing

@testable import pushhub_send

private func pipeline(
  _ form: Publication.PayloadForm = .json, strict: Bool = false, maxLineBytes: Int = 64
) throws -> LinePipeline {
  try LinePipeline(
    Publication(target: .everyone, event: "log", form: form),
    format: AnswerFormat(content: .receipt, style: .plain, requiresDelivery: strict), maxLineBytes: maxLineBytes)
}

extension LinePipeline {
  fileprivate var unsentText: String { String(decoding: unsent.bytes, as: UTF8.self) }
  fileprivate var outputText: String { String(decoding: output, as: UTF8.self) }

  fileprivate mutating func read(_ text: String) { read(Array(text.utf8)) }
  fileprivate mutating func received(_ text: String) throws -> Bool { try received(Array(text.utf8)) }
  fileprivate mutating func sentAll() { sent(unsent.count) }
}

@Test func linesLeaveWithoutWaitingForReplies() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\r\n\n  \n3")
  #expect(pipeline.unsentText == "PUSH * log 1\nPUSH * log 2\n")
  pipeline.sentAll()
  #expect(pipeline.awaitsReply && pipeline.wantsInput)
  pipeline.reachedEndOfInput()
  #expect(pipeline.unsentText == "PUSH * log 3\n")
  pipeline.sentAll()
  #expect(try pipeline.received("OK e-1 1\nOK e-2 0\nOK e"))
  #expect(!pipeline.isFinished)
  #expect(try pipeline.received("-3 4\n"))
  #expect(pipeline.isFinished && !pipeline.wantsInput)
  #expect(pipeline.outputText == "e-1 1\ne-2 0\ne-3 4\n")
  #expect(pipeline.problems.isEmpty && pipeline.exitCode == .done)
}

@Test func aPartOfAReplyIsNoReply() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n")
  #expect(try pipeline.received("OK e-1") == false)
  #expect(try pipeline.received(" 1\n") == true)
}

@Test func aLineOfBlanksIsATextButNoJSON() throws {
  var pipeline = try pipeline(.text)
  pipeline.read("  \n\nsay \"hi\"\n")
  #expect(pipeline.unsentText == "PUSH * log \"  \"\nPUSH * log \"say \\\"hi\\\"\"\n")
}

@Test func badLinesAreReportedByNumberAndTheRestIsSent() throws {
  var pipeline = try pipeline(maxLineBytes: 16)
  pipeline.read("1\n\"\t\"\n\n" + String(repeating: "x", count: 17) + "\n{\n5\n")
  pipeline.reachedEndOfInput()
  #expect(pipeline.unsentText == "PUSH * log 1\nPUSH * log {\nPUSH * log 5\n")
  pipeline.sentAll()
  _ = try pipeline.received("OK e-1 1\nERR bad-json unexpected end\nOK e-2 1\n")
  #expect(pipeline.problems.count == 3)
  #expect(pipeline.problems[0].hasPrefix("line 2: a string in the JSON"))
  #expect(pipeline.problems[1] == "line 4: too-long: over 16 bytes")
  #expect(pipeline.problems[2] == "line 5: bad-json: unexpected end")
  #expect(pipeline.isFinished && pipeline.exitCode == .badData)
  #expect(pipeline.outputText == "e-1 1\ne-2 1\n")
}

@Test func theExitCodeIsTheWorstOfAllLines() throws {
  var pipeline = try pipeline(strict: true)
  pipeline.read("1\n2\n3\n")
  _ = try pipeline.received("OK e-1 0\n")
  #expect(pipeline.exitCode == .undelivered)
  _ = try pipeline.received("ERR overloaded x\n")
  #expect(pipeline.exitCode == .tryAgain)
  _ = try pipeline.received("OK e-3 1\n")
  #expect(pipeline.exitCode == .tryAgain)
  #expect(pipeline.problems == ["line 1: no connection got the event", "line 2: overloaded: x"])
}

@Test func aHubThatDoesNotReadStopsTheInput() throws {
  var pipeline = try pipeline(maxLineBytes: 1 << 20)
  let line = "\"" + String(repeating: "x", count: 100_000) + "\"\n"
  pipeline.read(line + line + line + line + line)
  #expect(!pipeline.wantsInput)
  // What was read beyond the bound waits as input, not as commands.
  #expect(pipeline.unsent.count < LinePipeline.maxUnsentBytes + 110_000)
  pipeline.sent(150_000)
  #expect(pipeline.unsent.count >= LinePipeline.maxUnsentBytes)
  pipeline.sentAll()
  #expect(pipeline.wantsInput)
}

@Test func aHubThatDoesNotAnswerStopsTheInput() throws {
  var pipeline = try pipeline()
  pipeline.read(String(repeating: "1\n", count: LinePipeline.maxUnanswered + 10))
  pipeline.sentAll()
  #expect(pipeline.unsent.isEmpty && !pipeline.wantsInput)
  #expect(pipeline.unansweredLines == "; lines 1 to 4096 may or may not have been published")
  _ = try pipeline.received("OK e-1 1\n")
  #expect(pipeline.unsentText == "PUSH * log 1\n")
  pipeline.sentAll()
  _ = try pipeline.received(String(repeating: "OK e 1\n", count: 9))
  #expect(!pipeline.wantsInput)
  _ = try pipeline.received("OK e 1\n")
  #expect(pipeline.wantsInput)
  pipeline.reachedEndOfInput()
  pipeline.sentAll()
  _ = try pipeline.received(String(repeating: "OK e 1\n", count: LinePipeline.maxUnanswered - 1))
  #expect(pipeline.isFinished && pipeline.unansweredLines == "")
}

@Test func aHubThatSpeaksUnaskedIsHeardOrDoubted() throws {
  var full = try pipeline()
  let refusal = #expect(throws: Failure.self) { try full.received("ERR overloaded too many publishers\n") }
  #expect(refusal == Failure(.tryAgain, "overloaded: too many publishers"))
  var stranger = try pipeline()
  #expect(throws: Failure.self) { try stranger.received("OK e-1 1\n") }
}

@Test func aSingleUnansweredLineIsNamed() throws {
  var pipeline = try pipeline()
  pipeline.read("\n7\n")
  #expect(pipeline.unansweredLines == "; line 2 may or may not have been published")
}
