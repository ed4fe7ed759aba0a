import HubProtocol
import Synchronization
import Testing

@testable import HubCore

/// A hub with one recording shard or several, and a clock that only the test moves.
final class TestHub {
  let shards: [RecordingShard]
  let manager: SSEManager
  var now = Moment(wall: 1_765_368_000_000, monotonic: 5_000)
  private var connections: UInt64 = 0

  init(shards count: Int = 1, _ configure: (inout HubOptions) -> Void = { _ in }) {
    var options = HubOptions()
    configure(&options)
    shards = (0..<count).map { _ in RecordingShard() }
    manager = SSEManager(options: options, epoch: 7, shards: shards, now: now)
  }

  /// The only shard, where there is one.
  var shard: RecordingShard { shards[0] }

  func shard(of stream: StreamRef) -> RecordingShard { shards[stream.shard] }

  func request(
    _ user: String, lastEventID: String? = nil, topics: [String] = [], fromStart: Bool = false, skipsGap: Bool = false
  ) -> ConnectionRequest {
    connections += 1
    return ConnectionRequest(
      id: ConnectionID(high: 1, low: connections), user: name(user), lastEventID: LastEventID(lastEventID),
      topics: topics.map(topic), fromStart: fromStart, skipsGap: skipsGap, shard: Int(connections) % shards.count)
  }

  func admit(_ user: String, lastEventID: String? = nil) -> Admission {
    manager.createConnection(request(user, lastEventID: lastEventID), now: now)
  }

  /// Opens a stream and lets it have all that it is owed.
  func open(_ request: ConnectionRequest) throws -> Admission.Opening {
    guard case .opened(let opening) = manager.createConnection(request, now: now) else { throw NotOpened() }
    while shard(of: opening.stream).continueReplay(of: opening.stream, from: manager, now: now) {}
    return opening
  }

  func open(_ user: String, lastEventID: String? = nil, topics: [String] = []) throws -> Admission.Opening {
    try open(request(user, lastEventID: lastEventID, topics: topics))
  }

  @discardableResult
  func publish(
    _ data: String, to target: Target, key: String? = nil, ttl: Int? = nil, value: Message.ValueChange? = nil
  ) -> Publication {
    let message = Message(
      type: .message, data: Array(data.utf8), key: key.flatMap(IdempotencyKey.init), ttl: ttl, value: value)
    return manager.publish(message, to: target, now: now)
  }

  struct NotOpened: Error {}
}

func name(_ text: String) -> UserID {
  guard let user = UserID(text) else { preconditionFailure("no user can be called \(text)") }
  return user
}

func topic(_ text: String) -> TopicName {
  guard let topic = TopicName(text) else { preconditionFailure("no topic can be called \(text)") }
  return topic
}

func pattern(_ text: String) -> TopicPattern {
  guard let pattern = TopicPattern(text) else { preconditionFailure("\(text) is no pattern") }
  return pattern
}

func valueName(_ text: String) -> ValueName {
  guard let name = ValueName(text) else { preconditionFailure("no value can be called \(text)") }
  return name
}

/// The heartbeat that marks the end of a list, of the time at which test hubs begin.
func heartbeat(at sequence: Int) -> String {
  "id: 7-\(sequence)\nevent: heartbeat\ndata: {\"timestamp\":\"2025-12-10T12:00:00.000Z\"}\n\n"
}

func event(_ sequence: Int, _ data: String, topic: String? = nil) -> String {
  "id: 7-\(sequence)\nevent: message\n\(topic.map { "topic: \($0)\n" } ?? "")data: \(data)\n\n"
}

@Suite struct SSEManagerTests {
  @Test func aUserReceivesWhatIsForThemAndNothingElse() throws {
    let hub = TestHub()
    let anna = try hub.open("anna").stream
    let bert = try hub.open("bert").stream
    #expect(hub.publish("1", to: .user(name("anna"))) == .accepted(EventID(epoch: 7, sequence: 1), sentCount: 1))
    #expect(hub.publish("2", to: .everyone) == .accepted(EventID(epoch: 7, sequence: 2), sentCount: 2))
    #expect(
      hub.publish("3", to: .users([name("bert"), name("nobody")]))
        == .accepted(EventID(epoch: 7, sequence: 3), sentCount: 1))
    #expect(hub.publish("4", to: .user(name("nobody"))) == .accepted(EventID(epoch: 7, sequence: 4), sentCount: 0))
    #expect(hub.shard.received(anna) == [event(1, "1"), event(2, "2")])
    #expect(hub.shard.received(bert) == [event(2, "2"), event(3, "3")])
  }

  @Test func theSeedsOperationsArePublishes() throws {
    let hub = TestHub()
    let request = hub.request("anna")
    guard case .opened(let anna) = hub.manager.createConnection(request, now: hub.now) else {
      throw TestHub.NotOpened()
    }
    let bert = try hub.open("bert").stream
    func message(_ data: String) -> Message { Message(type: .message, data: Array(data.utf8)) }
    _ = hub.manager.sendMessage(message("1"), to: request.id, now: hub.now)
    _ = hub.manager.sendToUser(message("2"), to: name("bert"), now: hub.now)
    _ = hub.manager.broadcast(message("3"), now: hub.now)
    _ = hub.manager.broadcast(message("4"), filter: [name("anna")], now: hub.now)
    #expect(hub.shard.received(anna.stream) == [event(1, "1"), event(3, "3"), event(4, "4")])
    #expect(hub.shard.received(bert) == [event(2, "2"), event(3, "3")])
  }

  @Test func usersThatDifferOnlyInNormalisationAreTwo() throws {
    let hub = TestHub()
    let composed = try hub.open("\u{E9}").stream
    let decomposed = try hub.open("e\u{301}").stream
    hub.publish("1", to: .user(name("\u{E9}")))
    #expect(hub.shard.received(composed) == [event(1, "1")])
    #expect(hub.shard.received(decomposed) == [])
  }

  @Test func theFirstBytesAreOpenAndWelcome() throws {
    let hub = TestHub()
    hub.publish("1", to: .everyone)
    var request = hub.request("42")
    request.client = ClientID("cid_123")
    request.form = .plain
    guard case .opened(let opening) = hub.manager.createConnection(request, now: hub.now) else {
      throw TestHub.NotOpened()
    }
    let id = request.id.description
    #expect(
      String(decoding: opening.preamble, as: UTF8.self) == """
        event: open
        retry: 3000
        data: {"connectionId":"\(id)","clientId":"cid_123","replay":"none","snapshot":0,"topics":[],"heartbeatInterval":30000,"tokenExpiresAt":null}

        id: 7-1
        event: welcome
        data: {"message":"Welcome back, user 42!","timestamp":"2025-12-10T12:00:00.000Z","connectionId":"\(id)","clientId":"cid_123"}


        """)
  }

  @Test func aReturningClientGetsWhatItMissed() throws {
    let hub = TestHub()
    hub.publish("1", to: .everyone)
    hub.publish("2", to: .user(name("anna")))
    hub.publish("3", to: .user(name("bert")))
    hub.publish("4", to: .users([name("anna"), name("bert")]))
    let opening = try hub.open("anna", lastEventID: "7-1")
    hub.publish("5", to: .everyone)
    #expect(opening.replay == .complete)
    #expect(hub.shard.received(opening.stream) == [event(2, "2"), event(4, "4"), event(5, "5")])
    #expect(String(decoding: opening.preamble, as: UTF8.self).contains("id: 7-1\nevent: welcome"))
  }

  @Test(arguments: ["6-1", "7-4", "7-0", "nonsense", "7-", "-", "7-99999999999999999999999"])
  func aPositionThatIsNotWhollyInHistoryIsAGap(id: String) throws {
    let hub = TestHub { $0.historyMaxEvents = 2 }
    for data in ["1", "2", "3"] { hub.publish(data, to: .everyone) }
    let opening = try hub.open("anna", lastEventID: id)
    #expect(opening.replay == .gap)
    #expect(hub.shard.received(opening.stream) == [event(2, "2"), event(3, "3"), heartbeat(at: 3)])
    #expect(!String(decoding: opening.preamble, as: UTF8.self).contains("\nid: "))
    var request = hub.request("anna", lastEventID: id)
    request.skipsGap = true
    #expect(hub.shard.received(try hub.open(request).stream) == [])
  }

  @Test(arguments: [("7-1", ["2", "3"]), ("7-2", ["3"]), ("7-3", [])])
  func theOldestWholePositionIsThatBeforeTheOldestEvent(id: String, data: [String]) throws {
    let hub = TestHub { $0.historyMaxEvents = 2 }
    for data in ["1", "2", "3"] { hub.publish(data, to: .everyone) }
    let opening = try hub.open("anna", lastEventID: id)
    #expect(opening.replay == .complete)
    #expect(hub.shard.received(opening.stream) == data.map { event(Int($0) ?? 0, $0) })
  }

  @Test func whatIsTooOldIsAGap() throws {
    let hub = TestHub { $0.historyMaxAge = 1000 }
    hub.publish("1", to: .everyone)
    hub.now = hub.now.advanced(by: 999)
    hub.manager.cleanupInactiveConnections(now: hub.now)
    #expect(try hub.open("anna", lastEventID: "7-0").replay == .complete)
    hub.now = hub.now.advanced(by: 1)
    hub.manager.cleanupInactiveConnections(now: hub.now)
    #expect(try hub.open("anna", lastEventID: "7-0").replay == .gap)
    #expect(try hub.open("anna", lastEventID: "7-1").replay == .complete)
  }

  @Test func withoutHistoryOnlyTheNewestPositionIsWhole() throws {
    let hub = TestHub { $0.historyMaxEvents = 0 }
    hub.publish("1", to: .everyone)
    #expect(try hub.open("anna", lastEventID: "7-0").replay == .gap)
    #expect(try hub.open("anna", lastEventID: "7-1").replay == .complete)
  }

  @Test func anEventIsReplayedForAsLongAsItsTTLSays() throws {
    let hub = TestHub()
    hub.publish("1", to: .everyone, ttl: 0)
    hub.publish("2", to: .everyone, ttl: 5)
    hub.publish("3", to: .everyone)
    let before = try hub.open("anna", lastEventID: "7-0")
    #expect(hub.shard.received(before.stream) == [event(2, "2"), event(3, "3")])
    hub.now = hub.now.advanced(by: 5000)
    let after = try hub.open("anna", lastEventID: "7-0")
    #expect(after.replay == .complete)
    #expect(hub.shard.received(after.stream) == [event(3, "3")])
  }

  @Test func anEventTooLargeToKeepIsSentAndAnnounced() throws {
    let hub = TestHub { $0.historyMaxBytes = 1000 }
    let anna = try hub.open("anna").stream
    let data = "\"\(String(repeating: "x", count: 1000))\""
    hub.publish(data, to: .everyone)
    let received = hub.shard.received(anna)
    #expect(received.first == event(1, data))
    #expect(received.last?.hasPrefix("event: error\ndata: {") == true)
    #expect(try hub.open("bert", lastEventID: "7-0").replay == .gap)
  }

  @Test func whomAnEventIsForTakesItsPartOfTheHistorysMemory() {
    let hub = TestHub { $0.historyMaxBytes = 1 << 20 }
    let users = (0..<2000).map { name("user-\($0)") }
    for number in 0..<100 { hub.publish("\(number)", to: .users(users)) }
    let statistics = hub.manager.statistics(now: hub.now)
    #expect((1...5).contains(statistics.historyEvents))
    #expect(((1 << 19)...(1 << 20)).contains(statistics.historyBytes))
  }

  @Test func aLongReplayComesInBatchesBeforeAnythingNewer() throws {
    let hub = TestHub()
    for number in 1...300 { hub.publish("\(number)", to: .everyone) }
    guard case .opened(let opening) = hub.admit("anna", lastEventID: "7-0") else { throw TestHub.NotOpened() }
    var batches = 0
    while hub.shard.continueReplay(of: opening.stream, from: hub.manager, now: hub.now) {
      batches += 1
      hub.publish("\(300 + batches)", to: .everyone)
    }
    #expect(batches == 3)
    #expect(hub.shard.received(opening.stream) == (1...303).map { event($0, "\($0)") })
  }

  @Test func aReplayWhoseEventsAreEvictedMeanwhileIsTorn() throws {
    let hub = TestHub { $0.historyMaxEvents = 300 }
    for number in 1...300 { hub.publish("\(number)", to: .everyone) }
    guard case .opened(let opening) = hub.admit("anna", lastEventID: "7-0") else { throw TestHub.NotOpened() }
    _ = hub.shard.continueReplay(of: opening.stream, from: hub.manager, now: hub.now)
    for number in 301...500 { hub.publish("\(number)", to: .everyone) }
    let cursor = ReplayCursor(topics: [], position: 128, end: 300, scope: .everything, lostBefore: nil, marksEnd: false)
    #expect(hub.manager.nextReplayBatch(cursor, now: hub.now).isTorn)
  }

  @Test func aRepeatedKeyGetsTheFirstReplyAndIsNotDeliveredAgain() throws {
    let hub = TestHub()
    let anna = try hub.open("anna").stream
    let first = hub.publish("1", to: .everyone, key: "k")
    _ = try hub.open("bert")
    #expect(hub.publish("1", to: .everyone, key: "k") == first)
    #expect(hub.publish("2", to: .everyone, key: "k") == .keyReused)
    #expect(hub.shard.received(anna) == [event(1, "1")])
    hub.now = hub.now.advanced(by: 600_000)
    #expect(hub.publish("3", to: .everyone, key: "k") == .accepted(EventID(epoch: 7, sequence: 2), sentCount: 2))
  }

  @Test func aKeyWhoseFirstUseFailedIsNotRemembered() throws {
    let hub = TestHub()
    let nobody = ConnectionID(high: 9, low: 9)
    #expect(hub.publish("1", to: .connection(nobody), key: "k") == .unknownConnection)
    #expect(hub.publish("2", to: .everyone, key: "k") == .accepted(EventID(epoch: 7, sequence: 1), sentCount: 0))
  }

  @Test func anEventToOneConnectionIsNotKept() throws {
    let hub = TestHub()
    let request = hub.request("anna")
    guard case .opened(let opening) = hub.manager.createConnection(request, now: hub.now) else {
      throw TestHub.NotOpened()
    }
    hub.publish("1", to: .connection(request.id))
    #expect(hub.shard.received(opening.stream) == [event(1, "1")])
    #expect(hub.shard.received(try hub.open("anna", lastEventID: "7-0").stream) == [])
  }

  @Test func oneConnectionTooManyReplacesTheOldest() throws {
    let hub = TestHub { $0.maxConnectionsPerUser = 2 }
    let first = try hub.open("anna")
    let second = try hub.open("anna")
    let third = try hub.open("anna")
    #expect(third.replaced.map(\.reason) == [.replaced])
    #expect(hub.shard.isEnded(first.stream))
    #expect(!hub.shard.isEnded(second.stream))
    let last = try #require(hub.shard.received(first.stream).last)
    #expect(last == "id: closed\nevent: close\ndata: {\"reason\":\"replaced\",\"reconnect\":false}\n\n")
    #expect(hub.manager.connections(of: .user(name("anna"))).map(\.stream) == [second.stream, third.stream])
  }

  @Test func oneConnectionTooManyIsRefusedWhereSoConfigured() throws {
    let hub = TestHub {
      $0.maxConnectionsPerUser = 1
      $0.perUserPolicy = .refuse
    }
    _ = try hub.open("anna")
    guard case .userLimitReached = hub.admit("anna") else { throw TestHub.NotOpened() }
    _ = try hub.open("bert")
  }

  @Test func aFullHubRefusesUntilAPlaceIsReleased() throws {
    let hub = TestHub { $0.maxConnections = 2 }
    let anna = try hub.open("anna").stream
    _ = try hub.open("bert")
    guard case .full = hub.admit("carl") else { throw TestHub.NotOpened() }
    #expect(hub.manager.streamEnded(anna, reason: .clientClosed, now: hub.now)?.user == name("anna"))
    guard case .full = hub.admit("carl") else { throw TestHub.NotOpened() }
    hub.manager.release(anna)
    let carl = try hub.open("carl").stream
    #expect(carl.shard == anna.shard && carl.place == anna.place)
    #expect(carl.generation != anna.generation)
  }

  @Test func aClientWhoseStreamWasClosedForGoodIsToldSo() throws {
    let hub = TestHub()
    guard case .closedForGood = hub.admit("anna", lastEventID: "closed") else { throw TestHub.NotOpened() }
  }

  @Test func aDrainingHubAcceptsNothing() throws {
    let hub = TestHub()
    let anna = try hub.open("anna").stream
    hub.manager.startDraining()
    #expect(hub.publish("1", to: .everyone) == .draining)
    guard case .draining = hub.admit("bert") else { throw TestHub.NotOpened() }
    #expect(hub.manager.closeAll(reason: .shutdown, spread: 0, now: hub.now).count == 1)
    #expect(
      hub.shard.received(anna).last
        == "event: close\nretry: 3000\ndata: {\"reason\":\"shutdown\",\"reconnect\":true}\n\n")
  }

  @Test func anOverloadedShardRefusesOnlyWhatIsForIt() throws {
    let hub = TestHub()
    _ = try hub.open("anna")
    hub.shard.state.withLock { $0.isOverloaded = true }
    #expect(hub.publish("1", to: .user(name("anna"))) == .overloaded)
    #expect(hub.publish("1", to: .everyone) == .overloaded)
    #expect(hub.publish("1", to: .user(name("bert"))) == .accepted(EventID(epoch: 7, sequence: 1), sentCount: 0))
  }

  @Test func closingAUserEndsAllTheirStreamsAndCountsThem() throws {
    let hub = TestHub()
    let streams = [try hub.open("anna").stream, try hub.open("anna").stream]
    _ = try hub.open("bert")
    #expect(
      hub.manager.closeUserConnections(name("anna"), reason: .disconnected, detail: "bye", now: hub.now).count == 2)
    #expect(hub.manager.closeUserConnections(name("anna"), reason: .disconnected, detail: nil, now: hub.now).isEmpty)
    #expect(streams.allSatisfy(hub.shard.isEnded))
    let statistics = hub.manager.statistics(now: hub.now.advanced(by: 3500))
    #expect(statistics.totalConnections == 1)
    #expect(statistics.totalUsers == 1)
    #expect(statistics.closesByReason == [.disconnected: 2])
    #expect(statistics.uptimeSeconds == 3)
  }

  @Test func everyConnectionBeatsOnceInAnInterval() throws {
    let hub = TestHub()
    let streams = try (0..<10).map { try hub.open("user\($0)").stream }
    hub.publish("1", to: .user(name("nobody")))
    for _ in 0..<4 { hub.manager.checkHeartbeats(slices: 4, now: hub.now) }
    for stream in streams {
      #expect(
        hub.shard.received(stream)
          == ["id: 7-1\nevent: heartbeat\ndata: {\"timestamp\":\"2025-12-10T12:00:00.000Z\"}\n\n"])
    }
  }

  @Test func aTokenIsRenewedByItsOwnUserOnly() throws {
    let hub = TestHub()
    let request = hub.request("anna")
    _ = hub.manager.createConnection(request, now: hub.now)
    #expect(hub.manager.renew(request.id, for: name("anna"), tokenExpiresAt: 5, now: hub.now) == .renewed)
    #expect(hub.manager.renew(request.id, for: name("bert"), tokenExpiresAt: 5, now: hub.now) == .otherUser)
    let unknown = ConnectionID(high: 0, low: 0)
    #expect(hub.manager.renew(unknown, for: name("anna"), tokenExpiresAt: 5, now: hub.now) == .unknownConnection)
  }

  @Test func statisticsListTheMostConnectedUsersFirst() throws {
    let hub = TestHub()
    for user in 0..<1001 { _ = try hub.open("user\(user)") }
    _ = try hub.open("user7")
    let statistics = hub.manager.statistics(now: hub.now)
    #expect(statistics.isTruncated)
    #expect(statistics.connectionsByUser.count == Statistics.maxListedUsers)
    #expect(statistics.connectionsByUser.first.map { $0.user.text } == "user7")
    #expect(statistics.totalUsers == 1001)
  }
}
