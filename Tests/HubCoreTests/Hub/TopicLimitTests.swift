import HubProtocol
import Testing

@testable import HubCore

/// Where limits of topics are lowered while more are followed.
@Suite struct TopicLimitTests {
  @Test func whatMakesNoMoreIsAlwaysPossible() throws {
    let hub = TestHub()
    let names = (0..<10).map { "t\($0)" }
    let request = hub.request("anna", topics: names)
    _ = try hub.open(request)
    _ = hub.manager.subscribe(request.id, to: names.map(topic), now: hub.now)
    let standing = names.map { StandingTopic(user: name("anna"), topic: topic($0), expiresAt: nil) }
    _ = hub.manager.subscribe(standing, now: hub.now)
    var options = HubOptions()
    options.maxTopicsPerConnection = 3
    options.maxTopicsPerUser = 3
    hub.manager.update(options, now: hub.now)
    func change(add: [String], remove: [String]) -> Int? {
      let change = hub.manager.changeTopics(
        of: request.id, for: name("anna"), add: add.map(topic), remove: remove.map(topic), wantsValues: false,
        now: hub.now)
      if case .changed(let topics, _, _) = change { return topics.count } else { return nil }
    }
    #expect(change(add: [], remove: ["t0"]) == 10)  // it is given, too
    #expect(change(add: ["t1"], remove: []) == 10)
    #expect(change(add: ["new"], remove: []) == nil)
    #expect(hub.manager.subscribe(request.id, to: [topic("t1")], now: hub.now) == .changed(connections: 0))
    #expect(
      hub.manager.subscribe(request.id, to: [topic("new")], now: hub.now)
        == .tooMany(limit: "limits.topics-per-connection"))
    #expect(hub.manager.refusal(of: [topic("t1")], for: name("anna")) == nil)
    #expect(hub.manager.refusal(of: [topic("new")], for: name("anna")) == .tooMany(limit: "limits.topics-per-user"))
  }
}
