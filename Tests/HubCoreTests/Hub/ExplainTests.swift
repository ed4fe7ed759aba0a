import HubProtocol
import Testing

@testable import HubCore

@Suite struct ExplainTests {
  private func explain(_ hub: TestHub, _ sequence: UInt64, epoch: UInt64 = 7) -> Result<EventTrace, UnknownEvent> {
    hub.manager.explain(EventID(epoch: epoch, sequence: sequence))
  }

  private func trace(_ hub: TestHub, _ sequence: UInt64) throws -> EventTrace { try explain(hub, sequence).get() }

  @Test func anEventInHistoryIsToldWithAllThatWasSaidOfIt() throws {
    let hub = TestHub()
    _ = try hub.open("anna")
    _ = try hub.open("anna")
    let type = try #require(EventType("notice"))
    _ = hub.manager.publish(
      Message(type: type, data: Array("1".utf8), ttl: 60), to: .user(name("anna")),
      from: .process(pid: 12, uid: 1000), now: hub.now)
    #expect(
      String(decoding: try trace(hub, 1).json, as: UTF8.self)
        == #"{"id":"7-1","type":"notice","acceptedAt":"2025-12-10T12:00:00.000Z","expiresAt":"2025-12-10T12:01:00.000Z","#
        + #""publisher":{"pid":12,"uid":1000},"target":"user:anna","bytes":31,"queued":2,"written":0,"waiting":2,"#
        + #""dropped":0,"conflated":0,"droppedBy":[],"replayed":0}"#)
  }

  @Test(arguments: [
    (Target.everyone, "*", 0),
    (.user(name("a %,é")), "user:a%20%25%2Cé", 1),
    (.users([name("a"), name("b")]), "users:a,b", 2),
    (.topic(.named(topic("a,b"))), "topic:a%2Cb", 1),
    (.topics([.named(topic("a")), .named(topic("user:b"))]), "topics:a,user:b", 2),
    (.users((1...8).map { name("\($0)") }), "users:1,2,3,4,5,6,7,8", 8),
    (.users((1...1000).map { name("\($0)") }), "users:1,2,3,4,5,6,7,8,…", 1000),
  ])
  func theTargetIsToldAsTheLineProtocolWritesIt(target: Target, text: String, names: Int) throws {
    let hub = TestHub()
    hub.publish("1", to: target)
    #expect(try trace(hub, 1).target == text)
    #expect(try trace(hub, 1).names == names)
  }

  @Test func whoPublishedOverHTTPIsTheTokensUser() throws {
    let hub = TestHub()
    let message = Message(type: .message, data: Array("1".utf8))
    _ = hub.manager.publish(message, to: .everyone, from: .user(name("svc")), now: hub.now)
    hub.publish("2", to: .everyone)
    #expect(try trace(hub, 1).publisher == .user(name("svc")))
    #expect(String(decoding: try trace(hub, 1).json, as: UTF8.self).contains(#""publisher":{"user":"svc"}"#))
    #expect(String(decoding: try trace(hub, 2).json, as: UTF8.self).contains(#""publisher":null"#))
  }

  @Test func withoutItsOwnLimitAnEventExpiresWithHistory() throws {
    let hub = TestHub { $0.historyMaxAge = 5_000 }
    hub.publish("1", to: .everyone)
    hub.publish("2", to: .everyone, ttl: 3_600)
    hub.publish("3", to: .everyone, ttl: 1)
    let ages = try (1...3).map { try trace(hub, $0) }.map { try #require($0.expiresAt) - $0.acceptedAt }
    #expect(ages == [5_000, 5_000, 1_000])
  }

  @Test func whyAnEventIsNotKnownIsTold() throws {
    let hub = TestHub { $0.historyMaxEvents = 2 }
    let connection = hub.request("anna")
    _ = hub.manager.createConnection(connection, now: hub.now)
    for number in 1...4 { hub.publish("\(number)", to: .everyone) }
    hub.publish("5", to: .everyone, ttl: 0)
    hub.publish("6", to: .connection(connection.id))
    func failure(_ sequence: UInt64, epoch: UInt64 = 7) -> UnknownEvent? {
      if case .failure(let unknown) = explain(hub, sequence, epoch: epoch) { unknown } else { nil }
    }
    func id(_ sequence: UInt64) -> EventID { EventID(epoch: 7, sequence: sequence) }
    #expect([0, 7].map { failure($0) } == [.notYet(newest: id(6)), .notYet(newest: id(6))])
    #expect([1, 2].map { failure($0) } == [.tooOld(floor: id(2)), .tooOld(floor: id(2))])
    #expect([3, 4].map { failure($0) } == [nil, nil])
    #expect([5, 6].map { failure($0) } == [.notKept, .notKept])
    #expect(failure(3, epoch: 8) == .otherEpoch(EventID(epoch: 8, sequence: 3), hub: 7))
    for unknown in [UnknownEvent.notYet(newest: id(6)), .tooOld(floor: id(2)), .notKept] {
      #expect(!unknown.message.isEmpty)
    }
  }

  @Test func everyKeptEventIsFoundAmongGaps() throws {
    let hub = TestHub()
    for number in 1...200 { hub.publish("\(number)", to: .everyone, ttl: number % 3 == 0 ? 0 : nil) }
    for number in 1...200 {
      let isKnown = if case .success = explain(hub, UInt64(number)) { true } else { false }
      #expect(isKnown == (number % 3 != 0))
    }
  }

  @Test func eventsAreCountedByTheKindOfTheirTarget() throws {
    let hub = TestHub()
    let connection = hub.request("anna")
    _ = hub.manager.createConnection(connection, now: hub.now)
    hub.publish("1", to: .everyone)
    for _ in 1...2 { hub.publish("1", to: .user(name("anna"))) }
    for _ in 1...3 { hub.publish("1", to: .users([name("anna"), name("bert")])) }
    for _ in 1...5 { hub.publish("1", to: .topic(.named(topic("a")))) }
    for _ in 1...6 { hub.publish("1", to: .topics([.named(topic("a")), .named(topic("b"))])) }
    for _ in 1...4 { hub.publish("1", to: .connection(connection.id)) }
    let statistics = hub.manager.statistics(now: hub.now.advanced(by: 250))
    #expect(TargetKind.allCases.map { statistics.published[$0] } == [1, 2, 3, 5, 6, 4])
    #expect(statistics.historyAge == 250)
    #expect(statistics.historyFloor == EventID(epoch: 7, sequence: 0))
  }
}
