import HubProtocol
import Testing

@testable import HubCore

@Suite struct PresenceTests {
  private func watch(_ hub: TestHub, insteadOf earlier: WatcherRef? = nil) throws -> SSEManager.Watching {
    try #require(hub.manager.watch(.users, shard: 0, connection: 1, insteadOf: earlier))
  }

  private func told(_ watcher: WatcherRef, _ hub: TestHub) -> [String] {
    hub.shard.takeNotices(of: watcher).map {
      "\($0.action.rawValue) \($0.user.text)" + ($0.topic.map { " \($0.text)" } ?? "")
    }
  }

  private func end(_ stream: StreamRef, _ hub: TestHub, _ reason: CloseReason = .clientClosed) {
    #expect(hub.manager.streamEnded(stream, reason: reason, now: hub.now) != nil)
    hub.manager.release(stream)
  }

  private func pass(_ milliseconds: Int64, _ hub: TestHub) {
    hub.now = hub.now.advanced(by: milliseconds)
    hub.manager.cleanupInactiveConnections(now: hub.now)
  }

  private func present(_ hub: TestHub, on name: String) -> [String]? {
    guard
      case .users(let users, _, _) = hub.manager.presence(on: topic(name), for: HubCoreTests.name("x"), isGranted: true)
    else { return nil }
    return users.map(\.text)
  }

  @Test func nothingIsKeptWhereNobodyWatches() throws {
    let hub = TestHub()
    end(try hub.open("anna", topics: ["a"]).stream, hub)
    #expect(hub.manager.statistics(now: hub.now).present == 0)
    let watcher = try watch(hub).watcher
    _ = try hub.open("bert")
    #expect(hub.manager.statistics(now: hub.now).present == 1)
    #expect(hub.manager.statistics(now: hub.now).watchers == 1)
    hub.manager.unwatch(watcher)
    #expect(hub.manager.statistics(now: hub.now).present == 0)
  }

  @Test func aReloadMakesNoLine() throws {
    let hub = TestHub()
    let watcher = try watch(hub).watcher
    let first = try hub.open("anna").stream
    #expect(told(watcher, hub) == ["join anna"])
    end(first, hub)
    pass(9_999, hub)
    let second = try hub.open("anna").stream
    pass(60_000, hub)
    #expect(told(watcher, hub) == [])
    end(second, hub)
    pass(9_999, hub)
    #expect(told(watcher, hub) == [])
    pass(1, hub)
    #expect(told(watcher, hub) == ["leave anna"])
  }

  /// The first watcher cannot know of somebody who left a moment before; a later one is told what the first one knows.
  @Test func whoIsInTheGraceTimeIsPresentForALaterWatcherOnly() throws {
    let hub = TestHub()
    end(try hub.open("anna").stream, hub)
    let watching = try watch(hub)
    let watcher = watching.watcher
    #expect(watching.present.isEmpty)
    end(try hub.open("anna").stream, hub)
    #expect(told(watcher, hub) == ["join anna"])
    let later = try watch(hub)
    #expect(later.present == [PresenceNotice(user: name("anna"), topic: nil, action: .present)])
    pass(10_000, hub)
    #expect(told(watcher, hub) == ["leave anna"])
    #expect(told(later.watcher, hub) == ["leave anna"])
  }

  /// What was known until then is known to the next.
  @Test func aWatcherTakesThePlaceOfAnother() throws {
    let hub = TestHub()
    let first = try watch(hub).watcher
    end(try hub.open("anna").stream, hub)
    let second = try watch(hub, insteadOf: first)
    #expect(second.present.map(\.user.text) == ["anna"])
    pass(10_000, hub)
    #expect(told(first, hub) == ["join anna"])
    #expect(told(second.watcher, hub) == ["leave anna"])
    #expect(hub.manager.statistics(now: hub.now).watchers == 1)
  }

  @Test(
    arguments: [
      ("anna", nil, .present, "PRESENT anna\n"), ("a b,%", "röom/1", .join, "JOIN a%20b%2C%25 röom/1\n"),
      ("4", "a b", .leave, "LEAVE 4 a%20b\n"),
    ] as [(String, String?, PresenceNotice.Action, String)])
  func aNoticeIsOneLineOfWords(user: String, topic: String?, action: PresenceNotice.Action, line: String) {
    var bytes: [UInt8] = []
    PresenceNotice(user: name(user), topic: topic.map(HubCoreTests.topic), action: action).append(to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == line)
  }

  @Test func closeIsALeaveAtOnceAlsoInTheGraceTime() throws {
    let hub = TestHub()
    let watcher = try watch(hub).watcher
    let request = hub.request("anna")
    _ = try hub.open(request)
    _ = hub.manager.closeConnection(request.id, reason: .disconnected, detail: nil, now: hub.now)
    #expect(told(watcher, hub) == ["join anna", "leave anna"])
    end(try hub.open("anna").stream, hub)
    _ = hub.manager.closeUserConnections(name("anna"), reason: .disconnected, detail: nil, now: hub.now)
    #expect(told(watcher, hub) == ["join anna", "leave anna"])
    pass(10_000, hub)
    #expect(told(watcher, hub) == [])
  }

  @Test func whoConnectsSeesTheOwnJoinBehindTheWelcome() throws {
    let hub = TestHub { $0.presenceTopics = [pattern("room/*")] }
    let anna = try hub.open("anna", topics: ["room/1", "other"])
    #expect(String(decoding: anna.preamble, as: UTF8.self).contains("id: 7-0\nevent: welcome"))
    let join = "event: presence\ntopic: room/1\ndata: {\"topic\":\"room/1\",\"user\":\"anna\",\"action\":\"join\"}\n\n"
    #expect(hub.shard.received(anna.stream) == ["id: 7-1\n" + join])
    // It is in history.
    let bert = try hub.open(hub.request("bert", lastEventID: "7-0", topics: ["room/1"]))
    #expect(hub.shard.received(bert.stream).first == "id: 7-1\n" + join)
    #expect(present(hub, on: "room/1") == ["anna", "bert"])
    #expect(present(hub, on: "other") == nil)
  }

  @Test func aReloadOfTheSettingsMakesNoLine() throws {
    var options = HubOptions()
    let hub = TestHub()
    let anna = try hub.open("anna", topics: ["room"])
    options.presenceTopics = [pattern("room")]
    hub.manager.update(options, now: hub.now)
    #expect(present(hub, on: "room") == ["anna"])
    options.presenceTopics = []
    hub.manager.update(options, now: hub.now)
    #expect(present(hub, on: "room") == nil)
    #expect(hub.shard.received(anna.stream) == [])
  }

  @Test func aStopIsNoLeave() throws {
    let hub = TestHub { $0.presenceTopics = [pattern("room")] }
    let watcher = try watch(hub).watcher
    let anna = try hub.open("anna", topics: ["room"]).stream
    let bert = try hub.open("bert", topics: ["room"]).stream
    let before = hub.shard.received(bert).count
    #expect(told(watcher, hub) == ["join anna", "join bert"])
    hub.manager.startDraining()
    end(anna, hub)
    _ = hub.manager.closeAll(reason: .shutdown, spread: 0, now: hub.now)
    pass(20_000, hub)
    #expect(told(watcher, hub) == [])
    #expect(hub.shard.received(bert).dropFirst(before).allSatisfy { $0.contains("event: close") })
    #expect(hub.manager.watch(.users, shard: 0, connection: 1, insteadOf: nil) == nil)
    guard case .draining = hub.manager.presence(on: topic("room"), for: name("anna"), isGranted: true) else {
      Issue.record("a hub that stops tells who is present")
      return
    }
  }

  /// Far more leave than one lock is held for; and who reloads all the time leaves nothing behind.
  @Test func manyLeaveInTheOrderInWhichTheyWent() throws {
    let hub = TestHub { $0.maxConnections = 5000 }
    let watcher = try watch(hub).watcher
    let streams = try (0..<2000).map { try hub.open("user\($0)").stream }
    for _ in 0..<5000 { end(try hub.open("anna").stream, hub) }
    _ = told(watcher, hub)
    for stream in streams.reversed() { end(stream, hub) }
    pass(10_000, hub)
    #expect(told(watcher, hub) == ["leave anna"] + (0..<2000).reversed().map { "leave user\($0)" })
    #expect(hub.manager.statistics(now: hub.now).present == 0)
  }

  @Test(arguments: [9_999, 10_000, 10_001])
  func aListHasALimit(count: Int) throws {
    let hub = TestHub {
      $0.maxConnections = 20_000
      // Nobody is there yet, so nobody is told.
      $0.presenceTopics = []
    }
    for index in 0..<count { _ = try hub.open("user\(index)", topics: ["room"]) }
    var options = HubOptions()
    options.presenceTopics = [pattern("room")]
    hub.manager.update(options, now: hub.now)
    guard
      case .users(let users, let isTruncated, _) = hub.manager.presence(
        on: topic("room"), for: name("user1"), isGranted: false)
    else {
      Issue.record("presence is not kept")
      return
    }
    #expect(users.count == min(count, 10_000))
    #expect(isTruncated == (count > 10_000))
  }
}
