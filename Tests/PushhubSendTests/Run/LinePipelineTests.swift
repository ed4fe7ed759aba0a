import HubProtocol
import Testing

@testable import pushhub_send

private func pipeline(
  _ form: Publication.PayloadForm = .json, strict: Bool = false, maxLineBytes: Int = 64
) throws -> LinePipeline {
  try LinePipeline(
    Publication(target: .everyone, event: "log", form: form),
    format: AnswerFormat(content: .published, style: .plain, requiresDelivery: strict), maxLineBytes: maxLineBytes)
}

extension LinePipeline {
  fileprivate var unsentText: String { String(decoding: unsent, as: UTF8.self) }
  fileprivate var outputText: String { String(decoding: output, as: UTF8.self) }

  fileprivate mutating func read(_ text: String) { read(Array(text.utf8)) }
  fileprivate mutating func received(_ text: String) throws -> Bool { try received(Array(text.utf8)) }
  fileprivate mutating func sentAll() { sent(unsent.count) }
  /// As many lines as there is room for.
  fileprivate mutating func fillWithNumbers(from first: Int = 1) {
    read((first..<first + Self.maxUnsettled).map { "\($0)\n" }.joined())
  }
}

@Test func linesLeaveWithoutWaitingForReplies() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\r\n\n  \n3")
  #expect(pipeline.unsentText == "PUSH * log 1\nPUSH * log 2\n")
  pipeline.sentAll()
  #expect(pipeline.needsHub && pipeline.wantsInput)
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
  pipeline.sentAll()
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
  pipeline.sentAll()
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
  #expect(pipeline.unsent.count < LinePipeline.maxHeldBytes + 110_000)
  pipeline.sentAll()
  #expect(!pipeline.wantsInput, "what is not settled may have to be sent again")
  _ = try pipeline.received("OK e 1\nOK e 1\n")
  #expect(pipeline.unsent.count > 200_000)
  pipeline.sentAll()
  _ = try pipeline.received("OK e 1\nOK e 1\nOK e 1\n")
  #expect(pipeline.wantsInput)
}

@Test func aHubThatDoesNotAnswerStopsTheInput() throws {
  var pipeline = try pipeline()
  pipeline.read(String(repeating: "1\n", count: LinePipeline.maxUnsettled + 10))
  pipeline.sentAll()
  #expect(pipeline.unsent.isEmpty && !pipeline.wantsInput)
  #expect(pipeline.unsettledLines == "; lines 1 to 64 may or may not have been published")
  _ = try pipeline.received("OK e-1 1\n")
  #expect(pipeline.unsentText == "PUSH * log 1\n")
  pipeline.sentAll()
  _ = try pipeline.received(String(repeating: "OK e 1\n", count: 9))
  #expect(!pipeline.wantsInput)
  pipeline.sentAll()
  _ = try pipeline.received("OK e 1\n")
  #expect(pipeline.wantsInput)
  pipeline.reachedEndOfInput()
  _ = try pipeline.received(String(repeating: "OK e 1\n", count: LinePipeline.maxUnsettled - 1))
  #expect(pipeline.isFinished && pipeline.unsettledLines == "")
}

@Test func aStrangerThatAnswersUnaskedIsNoHub() throws {
  var pipeline = try pipeline()
  #expect(throws: Failure.self) { try pipeline.received("OK e-1 1\n") }
}

@Test func aSingleUnsettledLineIsNamed() throws {
  var pipeline = try pipeline()
  pipeline.read("\n7\n")
  #expect(pipeline.unsettledLines == "; line 2 and what follows were not published")
  pipeline.sentAll()
  #expect(pipeline.unsettledLines == "; line 2 may or may not have been published")
}

// Over a restart of the hub

@Test func whatADrainingHubDidNotAcceptGoesToTheNextInItsOrder() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\n3\n4\n")
  pipeline.sentAll()
  #expect(try pipeline.received("OK e-1 1\nERR draining bye\n"))
  #expect(!pipeline.isConnectionSpent, "two lines are still to be answered")
  pipeline.read("5\n")
  #expect(pipeline.unsentText == "")
  #expect(try pipeline.received("ERR draining bye\nERR draining bye\n") == false)
  #expect(pipeline.isConnectionSpent)
  pipeline.connectionEnded()
  #expect(!pipeline.isConnectionSpent)
  #expect(pipeline.unsentText == "PUSH * log 2\nPUSH * log 3\nPUSH * log 4\nPUSH * log 5\n")
  pipeline.sentAll()
  pipeline.reachedEndOfInput()
  _ = try pipeline.received("OK f-1 1\nOK f-2 1\nOK f-3 1\nOK f-4 1\n")
  #expect(pipeline.isFinished && pipeline.problems.isEmpty && pipeline.exitCode == .done)
  #expect(pipeline.outputText == "e-1 1\nf-1 1\nf-2 1\nf-3 1\nf-4 1\n")
}

@Test func aRefusalAmongPostponedLinesIsFinal() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n{\n3\n")
  pipeline.sentAll()
  #expect(try pipeline.received("ERR draining bye\nERR bad-json no\nERR draining bye\n"))
  pipeline.connectionEnded()
  #expect(pipeline.unsentText == "PUSH * log 1\nPUSH * log 3\n")
  #expect(pipeline.problems == ["line 2: bad-json: no"] && pipeline.exitCode == .badData)
}

@Test func aLineThatWasCutInTheMiddleIsSentAgainAsAWhole() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\n")
  pipeline.sent("PUSH * log 1\nPUSH".utf8.count)
  #expect(try pipeline.received("OK e-1 1\nERR incomplete no line feed\n"))
  #expect(pipeline.isConnectionSpent)
  pipeline.connectionEnded()
  #expect(pipeline.unsentText == "PUSH * log 2\n" && pipeline.problems.isEmpty)
}

@Test func aLineThatTheHubNeverHadInWholeIsInNoDoubt() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\n")
  pipeline.sent(5)
  pipeline.connectionEnded()
  #expect(pipeline.unsentText == "PUSH * log 1\nPUSH * log 2\n" && pipeline.problems.isEmpty)
}

@Test func afterACrashTheLinesUnderWayAreSentAgainAndNamed() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\n3\n")
  pipeline.sent(26)
  pipeline.read("4\n")
  #expect(try pipeline.received("OK e-1 1\nOK e"))
  pipeline.connectionEnded()
  #expect(pipeline.problems == ["the hub went away without an answer to line 2: sent again, and may come twice"])
  #expect(pipeline.unsentText == "PUSH * log 2\nPUSH * log 3\nPUSH * log 4\n")
  #expect(
    pipeline.unsettledLines
      == "; line 2 may or may not have been published; lines 3 to 4 and what follows were not published")
  pipeline.sentAll()
  pipeline.reachedEndOfInput()
  #expect(try pipeline.received("OK f-1 1\nOK f-2 1\nOK f-3 1\n"))
  #expect(pipeline.isFinished && pipeline.exitCode == .done)
  #expect(pipeline.outputText == "e-1 1\nf-1 1\nf-2 1\nf-3 1\n", "half a reply of the lost hub is not in the way")
}

@Test func noMoreThan64LinesCanBeInDoubt() throws {
  var pipeline = try pipeline()
  pipeline.fillWithNumbers()
  pipeline.fillWithNumbers(from: 65)
  pipeline.sentAll()
  pipeline.connectionEnded()
  #expect(pipeline.problems == ["the hub went away without an answer to lines 1 to 64: sent again, and may come twice"])
}

@Test func aDoubtSurvivesAHubThatOnlySaysItIsStopping() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n2\n")
  pipeline.sent(13)
  pipeline.connectionEnded()
  pipeline.sentAll()
  _ = try pipeline.received("ERR draining bye\nERR draining bye\n")
  #expect(
    pipeline.unsettledLines
      == "; line 1 may or may not have been published; line 2 and what follows were not published")
}

@Test func aHubThatSpeaksUnaskedIsLeft() throws {
  var pipeline = try pipeline()
  pipeline.read("1\n")
  #expect(try pipeline.received("ERR overloaded too many publishers\n") == false)
  #expect(pipeline.isConnectionSpent && pipeline.goodbye == Failure(.tryAgain, "overloaded: too many publishers"))
  pipeline.connectionEnded()
  #expect(pipeline.unsentText == "PUSH * log 1\n" && pipeline.problems.isEmpty && pipeline.exitCode == .done)
}

@Test func theEndOfALineThatIsRefusedBeforeItIsOwed() throws {
  var pipeline = try pipeline()
  pipeline.read("\"long\"\n2\n")
  pipeline.sent("PUSH * log \"lo".utf8.count)
  #expect(try pipeline.received("ERR too-long no\n"))
  #expect(pipeline.problems == ["line 1: too-long: no"])
  #expect(pipeline.unsentText == "\nPUSH * log 2\n")
  pipeline.sentAll()
  #expect(try pipeline.received("OK e-1 1\n"))
  #expect(!pipeline.needsHub)
}

@Test func theEndOfTheLastLineIsOwedToo() throws {
  var pipeline = try pipeline()
  pipeline.read("\"long\"\n")
  pipeline.sent(13)
  #expect(try pipeline.received("ERR too-long no\n"))
  #expect(pipeline.unsentText == "\n" && !pipeline.needsHub)
  pipeline.sentAll()
  #expect(throws: Failure.self, "it is no command that could be answered") {
    var answered = pipeline
    _ = try answered.received("OK e-1 1\n")
  }
  pipeline.read("2\n")
  #expect(pipeline.unsentText == "PUSH * log 2\n")
  pipeline.sent(4)
  pipeline.connectionEnded()
  #expect(pipeline.unsentText == "\nPUSH * log 2\n", "an empty line is skipped by the hub")
  pipeline.sentAll()
  #expect(try pipeline.received("OK e-1 1\n"))
  pipeline.reachedEndOfInput()
  #expect(pipeline.isFinished && pipeline.unsent.isEmpty)
}

/// Any order of sending, answering and losing: every line is settled once, in order, but for those named as doubtful.
@Test(arguments: UInt64(1)...200) func everyLineIsSettledInItsOrderWhateverHappens(seed: UInt64) throws {
  var random = SeededGenerator(state: seed)
  var pipeline = try pipeline()
  let count = 300
  var nextLine = 1
  var accepted: [String] = []
  var received: [String] = []  // whole commands that the present hub has not answered
  var part = ""
  var isDraining = false
  while !pipeline.isFinished {
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1:
      guard pipeline.wantsInput else { break }
      if nextLine > count { pipeline.reachedEndOfInput() } else { pipeline.read("\(nextLine)\n") }
      nextLine += 1
    case 2, 3:
      let size = Int.random(in: 0...pipeline.unsent.count, using: &random)
      part += String(decoding: pipeline.unsent.prefix(size), as: UTF8.self)
      pipeline.sent(size)
      var lines = part.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      part = lines.removeLast()
      received += lines.filter { !$0.isEmpty }
    case 4, 5:
      for _ in 0..<Int.random(in: 0...received.count, using: &random) {
        let command = received.removeFirst()
        if !isDraining { accepted.append(command) }
        _ = try pipeline.received(isDraining ? "ERR draining bye\n" : "OK e 1\n")
      }
    case 6 where !isDraining: isDraining = Int.random(in: 0..<4, using: &random) == 0
    case 7 where isDraining:
      // An orderly end: what was sent is answered, and of a part is said that it is one.
      for _ in received { _ = try pipeline.received("ERR draining bye\n") }
      if !part.isEmpty { _ = try pipeline.received("ERR incomplete no line feed\n") }
      pipeline.connectionEnded()
      (received, part, isDraining) = ([], "", false)
    default: break
    }
  }
  #expect(accepted == (1...count).map { "PUSH * log \($0)" }, "seed \(seed)")
  #expect(pipeline.problems.isEmpty && pipeline.exitCode == .done)
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
