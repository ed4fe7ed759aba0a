import HubProtocol
import Testing

@testable import pushhub_send

extension PresenceWatcher {
  fileprivate mutating func received(_ line: String) throws -> FeedStep { try received(Array(line.utf8)) }

  fileprivate mutating func printed() -> String {
    guard let delivery = nextDelivery() else { return "" }
    delivered()
    return String(decoding: delivery.output, as: UTF8.self)
  }
}

@Test func watchingBeginsWithAListAndTellsWhatHappens() throws {
  var watcher = PresenceWatcher(topic: "orders/*", style: .plain)
  #expect(watcher.request.elementsEqual("WATCH topic:orders/*\n".utf8))
  #expect(try watcher.received("OK 2") == .established)
  #expect(try watcher.received("PRESENT a%20b orders/42") == .goOn)
  #expect(try watcher.received("PRESENT c orders/42") == .goOn)
  #expect(watcher.printed() == "present a%20b orders/42\npresent c orders/42\n")
  #expect(try watcher.received("JOIN c orders/43") == .goOn)
  #expect(try watcher.received("LEAVE a%20b orders/42") == .goOn)
  #expect(watcher.printed() == "join c orders/43\nleave a%20b orders/42\n")
}

@Test func asJSONNamesAreAsTheyAre() throws {
  var watcher = PresenceWatcher(topic: nil, style: .json)
  #expect(watcher.request.elementsEqual("WATCH users\n".utf8))
  _ = try watcher.received("OK 0")
  _ = try watcher.received("JOIN a%20b")
  _ = try watcher.received("LEAVE a t")
  #expect(
    watcher.printed()
      == #"{"action":"join","user":"a b"}"# + "\n" + #"{"action":"leave","user":"a","topic":"t"}"# + "\n")
}

@Test func ofALaterListOnlyWhatHasChangedIsTold() throws {
  var watcher = PresenceWatcher(topic: nil, style: .plain)
  for line in ["OK 3", "PRESENT a", "PRESENT b", "PRESENT c", "LEAVE c", "JOIN d"] { _ = try watcher.received(line) }
  _ = watcher.printed()
  watcher.connectionEnded()
  #expect(try watcher.received("OK 2") == .established)
  for line in ["PRESENT a", "PRESENT e"] { _ = try watcher.received(line) }
  #expect(watcher.printed() == "join e\nleave b\nleave d\n")
  watcher.connectionEnded()
  _ = try watcher.received("OK 0")
  #expect(watcher.printed() == "leave a\nleave e\n")
}

@Test func aFirstListThatWasCutOffGoesOn() throws {
  var watcher = PresenceWatcher(topic: nil, style: .plain)
  for line in ["OK 3", "PRESENT a", "PRESENT b"] { _ = try watcher.received(line) }
  watcher.connectionEnded()
  for line in ["OK 2", "PRESENT b", "PRESENT c"] { _ = try watcher.received(line) }
  #expect(watcher.printed() == "present a\npresent b\npresent c\nleave a\n")
}

@Test func aWatcherThatWasTooSlowAsksAgain() throws {
  var watcher = PresenceWatcher(topic: nil, style: .plain)
  _ = try watcher.received("OK 1")
  #expect(try watcher.received("ERR slow-consumer read faster") == .reconnect("slow-consumer: read faster"))
  watcher.connectionEnded()
  _ = try watcher.received("OK 0")
  #expect(try watcher.received("ERR slow-consumer read faster") == .askAgain)
  #expect(try watcher.received("OK 0") == .established)
  #expect(try watcher.received("ERR draining bye") == .reconnect("draining: bye"))
}

@Test(arguments: ["OK 7-1 none", "PRESENT a", "ERR forbidden no"]) func aBadAnswerToWatchIsTheEnd(line: String) {
  var watcher = PresenceWatcher(topic: nil, style: .plain)
  #expect(throws: Failure.self) { try watcher.received(line) }
}

@Test func inTheListNobodyJoins() throws {
  var watcher = PresenceWatcher(topic: nil, style: .plain)
  _ = try watcher.received("OK 1")
  #expect(throws: Failure.self) { try watcher.received("JOIN a") }
}
