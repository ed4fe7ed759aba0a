import HubProtocol
import Synchronization
import Testing

@testable import HubCore

@Suite struct TopicTableTests {
  @Test func usersThatAreGoneAreForgottenAndTheirNumbersUsedAgain() {
    let hub = TestHub { $0.historyMaxEvents = 10 }
    for user in 0..<20_000 { hub.publish("1", to: .user(name("user\(user)"))) }
    let count = hub.manager.state.withLock { $0.registry.topics.count }
    #expect(count >= 10 && count <= 2 * 10 + 1024 + 1)
  }

  @Test func numbersOfUsersWithAStreamOrAnEventStay() throws {
    let hub = TestHub { $0.historyMaxEvents = 50 }
    let anna = try hub.open("anna").stream
    for user in 0..<5_000 { hub.publish("\(user)", to: .user(name("user\(user)"))) }
    hub.publish("\"for anna\"", to: .user(name("anna")))
    #expect(hub.shard.received(anna) == [event(5_001, "\"for anna\"")])
    for user in 4_951..<5_000 {
      let stream = try hub.open("user\(user)", lastEventID: "7-4951").stream
      #expect(hub.shard.received(stream) == [event(user + 1, "\(user)")])
    }
  }

  @Test func topicsThatNobodyFollowsAreForgottenToo() throws {
    let hub = TestHub { $0.historyMaxEvents = 10 }
    let anna = try hub.open("anna", topics: ["kept"]).stream
    hub.publish("0", to: .topic(.named(topic("valued"))), value: .replace(valueName("v")))
    for number in 0..<20_000 { hub.publish("1", to: .topic(.named(topic("topic\(number)")))) }
    let count = hub.manager.state.withLock { $0.registry.topics.count }
    #expect(count >= 10 && count <= 2 * 13 + 1024 + 1)
    hub.publish("2", to: .topic(.named(topic("kept"))))
    #expect(hub.shard.received(anna) == [event(20_002, "2", topic: "kept")])
    #expect(hub.shard.received(try hub.open("bert", topics: ["valued"]).stream).first == event(1, "0", topic: "valued"))
  }

  @Test func aUsedNumberLeadsToNobodyElsesEvents() throws {
    let hub = TestHub { $0.historyMaxEvents = 3_000 }
    for round in 0..<4 {
      for user in 0..<3_000 { hub.publish("\(round)", to: .user(name("round\(round)user\(user)"))) }
      let first = round * 3_000
      for user in stride(from: 0, to: 3_000, by: 97) {
        let stream = try hub.open("round\(round)user\(user)", lastEventID: "7-\(first)").stream
        #expect(hub.shard.received(stream) == [event(first + user + 1, "\(round)")])
        #expect(hub.manager.streamEnded(stream, reason: .clientClosed, now: hub.now) != nil)
        hub.manager.release(stream)
      }
    }
  }
}
