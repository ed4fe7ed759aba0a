import HubProtocol
import Testing

@testable import pushhub_send

private func listener(
  since: String? = nil, position: String? = nil, command: String? = nil, style: Invocation.OutputStyle = .plain
) -> EventListener {
  EventListener(
    Listening(targets: [.target(.user("42"))], since: since, command: command), style: style, position: position)
}

extension Feed {
  fileprivate var requestText: String { String(decoding: request, as: UTF8.self) }

  fileprivate mutating func received(_ line: String) throws -> FeedStep { try received(Array(line.utf8)) }

  /// Hands out everything that waits.
  fileprivate mutating func printed() -> String {
    var output: [UInt8] = []
    while let delivery = nextDelivery() {
      output += delivery.output
      delivered()
    }
    return String(decoding: output, as: UTF8.self)
  }
}

@Test func listeningBeginsNowAndGoesOnWhereItWas() throws {
  var listener = listener()
  #expect(listener.requestText == "LISTEN user:42\n" && listener.position == nil)
  #expect(try listener.received("OK 7-3 none") == .established)
  #expect(listener.position == "7-3")
  listener.connectionEnded()
  #expect(listener.requestText == "LISTEN user:42 since=7-3\n")
  #expect(try listener.received("OK 7-5 complete") == .established)
  #expect(try listener.received("EVENT 7-4 user:42 notice 1") == .goOn)
  #expect(try listener.received("EVENT 7-5 user:42 notice 2") == .goOn)
  listener.connectionEnded()
  #expect(listener.requestText == "LISTEN user:42 since=7-5\n")
  #expect(listener.position == "7-3")
  #expect(listener.printed() == "7-4 user:42 notice 1\n7-5 user:42 notice 2\n")
  #expect(listener.position == "7-5" && listener.problems.isEmpty)
}

/// The hub's position is ahead of the events that it has yet to replay.
@Test(arguments: ["start", "7-1"]) func aReplayThatIsCutOffBeginsAnew(since: String) throws {
  var listener = listener(since: since)
  #expect(listener.requestText == "LISTEN user:42 since=\(since)\n")
  #expect(try listener.received("OK 7-9 \(since == "start" ? "start" : "complete")") == .established)
  #expect(listener.position == nil)
  listener.connectionEnded()
  #expect(listener.requestText == "LISTEN user:42 since=\(since)\n")
}

@Test func whatWasKeptCountsMoreThanWhereToBegin() {
  #expect(listener(since: "start", position: "7-4").requestText == "LISTEN user:42 since=7-4\n")
}

@Test func aGapIsTold() throws {
  var listener = listener(position: "7-4")
  #expect(try listener.received("OK 9-1 gap") == .established)
  #expect(listener.problems == ["gap: the hub no longer holds all events after 7-4; what it holds comes now"])
  #expect(listener.position == "7-4")
}

@Test func aListenerThatWasTooSlowAsksAgainFromItsLastEvent() throws {
  var listener = listener()
  _ = try listener.received("OK 7-3 none")
  _ = try listener.received("EVENT 7-4 user:42 notice 1")
  #expect(try listener.received("ERR slow-consumer 7-4") == .askAgain)
  #expect(listener.requestText == "LISTEN user:42 since=7-4\n")
  #expect(try listener.received("OK 7-9 complete") == .established)
  // Nothing came: at once it would be no better.
  #expect(try listener.received("ERR slow-consumer 7-4") == .reconnect("slow-consumer: 7-4"))
}

@Test(arguments: ["draining bye", "overloaded full", "rate-limited slowly", "incomplete half"])
func anotherConnectionMayBeBetter(error: String) throws {
  let told = error.replacing(" ", with: ": ")
  var asking = listener()
  #expect(try asking.received("ERR \(error)") == .reconnect(told))
  var listening = listener()
  _ = try listening.received("OK 7-3 none")
  #expect(try listening.received("ERR \(error)") == .reconnect(told))
}

@Test func whatTheHubDoesNotAllowIsTheEnd() throws {
  var listener = listener()
  #expect(throws: Failure(.noPermission, "forbidden: no listen")) { try listener.received("ERR forbidden no listen") }
  #expect(throws: Failure(.badData, "bad-argument: since")) { try listener.received("ERR bad-argument since") }
}

@Test(arguments: ["", "OK", "OK 7-3", "OK pong", "EVENT 7-4 * notice 1", "HTTP/1.1 400"])
func anythingElseIsNoAnswerToListen(line: String) {
  var listener = listener()
  #expect(throws: Failure.self) { try listener.received(line) }
}

@Test(arguments: ["OK 7-3 none", "JOIN 42", "EVENT 7-4"]) func anythingElseIsNoEvent(line: String) throws {
  var listener = listener()
  _ = try listener.received("OK 7-3 none")
  #expect(throws: Failure.self) { try listener.received(line) }
}

@Test func commandsRunOneByOneAndAnEventIsDoneWhenItsCommandHasEnded() throws {
  var listener = listener(command: "notify")
  _ = try listener.received("OK 7-3 none")
  _ = try listener.received(#"EVENT 7-4 user:a%20b notice {"a":1}"#)
  _ = try listener.received(#"@as=text EVENT 7-5 * token "a\nb""#)
  let first = EventCommand(
    command: "notify", input: Array(#"{"a":1}"#.utf8), id: "7-4", type: "notice", target: "user:a b")
  #expect(listener.nextDelivery() == Delivery(output: [], command: first))
  #expect(listener.position == "7-3")
  listener.delivered()
  #expect(listener.position == "7-4")
  let second = EventCommand(command: "notify", input: Array("a\nb".utf8), id: "7-5", type: "token", target: "*")
  #expect(listener.nextDelivery() == Delivery(output: [], command: second))
  listener.delivered()
  #expect(listener.nextDelivery() == nil && listener.position == "7-5")
}

@Test func asJSONAnEventIsPrintedBeforeItsCommandRuns() throws {
  var listener = listener(command: "notify", style: .json)
  _ = try listener.received("OK 7-3 none")
  _ = try listener.received("EVENT 7-4 * notice 1")
  let next = listener.nextDelivery()
  let delivery = try #require(next)
  #expect(
    String(decoding: delivery.output, as: UTF8.self) == #"{"id":"7-4","target":"*","type":"notice","data":1}"# + "\n")
  #expect(delivery.command?.id == "7-4")
}

@Test func nothingIsReadWhileMuchWaits() throws {
  var listener = listener(command: "notify")
  _ = try listener.received("OK 7-3 none")
  let event = "EVENT 7-4 * notice \"" + String(repeating: "x", count: EventListener.maxWaitingBytes / 2 - 21) + "\""
  _ = try listener.received(event)
  #expect(event.utf8.count == EventListener.maxWaitingBytes / 2 && listener.wantsInput)
  _ = try listener.received(String(event.dropLast(2)) + "\"")
  #expect(listener.wantsInput)
  _ = try listener.received("EVENT 7-4 * n 1")
  #expect(!listener.wantsInput)
  _ = listener.nextDelivery()
  #expect(!listener.wantsInput)
  listener.delivered()
  #expect(listener.wantsInput)
}
