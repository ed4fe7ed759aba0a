import HubProtocol
import Synchronization
import Testing

@testable import HubCore

/// The one rule for live, replay and snapshot, against a model that keeps everything and scans it: what a connection would
/// get live under the rights it has now is what replay and snapshot give it.
@Suite struct TopicSimulationTests {
  @Test(arguments: 1...24 as ClosedRange<UInt64>)
  func everyClientSeesExactlyWhatItFollows(seed: UInt64) throws {
    var simulation = TopicSimulation(seed: seed, shards: 1 + Int(seed % 3))
    for _ in 0..<2500 { try simulation.step() }
    simulation.check()
  }
}

private struct TopicSimulation {
  /// Names that would be merged or parted by whoever composed them with separators.
  private static let names = ["a", "a/b", "user:user0", "a,b", "*x", "%61"]
  private static let valueNames = ["status", "count"]
  private static let maxEvents = 60

  struct Client {
    let user: Int
    let id: ConnectionID
    let stream: StreamRef
    var asked: [String]
    var given: [String] = []
    /// What it must have received, in order.
    var expected: [String]
    var isEnded = false
  }

  struct Value: Hashable {
    let topic: Topic
    let name: String
  }

  struct Published {
    let sequence: Int
    let topics: [Topic]
    let value: Value?
    let isClear: Bool
  }

  let seed: UInt64
  let hub: TestHub
  var random: SplitMix
  var clients: [Client] = []
  var standing: [[String]]
  /// What is in history.
  var kept: [Published] = []
  /// The newest event that history has lost, where no newer one took its place.
  var floor = 0
  var values: [Value: Published] = [:]
  var sequence = 0

  init(seed: UInt64, shards: Int) {
    self.seed = seed
    random = SplitMix(state: seed)
    standing = Array(repeating: [], count: 4)
    hub = TestHub(shards: shards) {
      $0.historyMaxEvents = Self.maxEvents
      $0.historyMaxValues = 5
    }
  }

  mutating func step() throws {
    switch random.next(below: 24) {
    case 0, 1: try connect()
    case 2: end()
    case 3: changeTopics()
    case 4: subscribe()
    case 5: unsubscribe()
    case 6: renew()
    case 7: giveToOne()
    default: publish()
    }
  }

  // MARK: - What is followed

  private func user(_ index: Int) -> String { "user\(index)" }

  private func followed(_ client: Client) -> [String] {
    var all: [String] = []
    for name in client.asked + standing[client.user] + client.given where !all.contains(name) { all.append(name) }
    return all
  }

  private func follows(_ topic: Topic, user: Int, names: [String]) -> Bool {
    switch topic {
    case .everyone: true
    case .user(let id): id.text == self.user(user)
    case .named(let name): names.contains(name.text)
    }
  }

  private mutating func someNames() -> [String] {
    Array(Self.names.shuffled(using: &random).prefix(random.next(below: 4)))
  }

  /// A client's set before and after: a `topics` event where it differs.
  private mutating func tell(_ index: Int, before: [String]) {
    let after = followed(clients[index])
    guard Set(before) != Set(after) else { return }
    clients[index].expected.append("topics \(Set(after).sorted()) at \(sequence)")
  }

  // MARK: - Steps

  private mutating func connect() throws {
    let user = random.next(below: standing.count)
    let names = someNames()
    let position = random.next(below: sequence + 2)
    let hasPosition = random.next(below: 2) == 0
    let fromStart = random.next(below: 3) == 0
    let skipsGap = random.next(below: 3) == 0
    let request = hub.request(
      self.user(user), lastEventID: hasPosition ? "7-\(position)" : nil, topics: names, fromStart: fromStart,
      skipsGap: skipsGap)
    let opening = try hub.open(request)
    for departure in opening.replaced {
      for index in clients.indices where clients[index].id == departure.connection { clients[index].isEnded = true }
    }
    var client = Client(user: user, id: request.id, stream: opening.stream, asked: names, expected: [])
    let all = followed(client)
    let isWhole = hasPosition && position <= sequence && position >= floor
    let outcome: ReplayOutcome = hasPosition ? (isWhole ? .complete : .gap) : fromStart ? .start : .none
    #expect(opening.replay == outcome, "seed \(seed)")
    let seen = values.values.filter { $0.topics.contains { follows($0, user: user, names: all) } }
    let wantsHistory = outcome != .none && !(outcome == .gap && skipsGap)
    let events = kept.filter { event in
      wantsHistory && event.topics.contains { follows($0, user: user, names: all) }
    }
    let owed = (seen + events).filter { !isWhole || $0.sequence > position }.sorted { $0.sequence < $1.sequence }
    client.expected = owed.map { shown($0, user: user, names: all) }
    if !isWhole, !owed.isEmpty { client.expected.append("heartbeat at \(sequence)") }
    let preamble = String(decoding: opening.preamble, as: UTF8.self)
    #expect(preamble.contains("\"snapshot\":\(isWhole ? 0 : seen.count),"), "seed \(seed): \(preamble)")
    let welcome = isWhole ? "id: 7-\(position)\nevent: welcome" : "id: 7-\(sequence)\nevent: welcome"
    #expect(preamble.contains(welcome) == (isWhole || owed.isEmpty), "seed \(seed): \(preamble)")
    clients.append(client)
  }

  private mutating func end() {
    guard let index = clients.indices.filter({ !clients[$0].isEnded }).randomElement(using: &random) else { return }
    clients[index].isEnded = true
    _ = hub.manager.streamEnded(clients[index].stream, reason: .clientClosed, now: hub.now)
    hub.manager.release(clients[index].stream)
    let stream = clients[index].stream
    hub.shard(of: stream).state.withLock { $0.streams[stream]?.isEnded = true }
  }

  private mutating func changeTopics() {
    guard let index = clients.indices.filter({ !clients[$0].isEnded }).randomElement(using: &random) else { return }
    let before = followed(clients[index])
    let (add, remove) = (someNames(), someNames())
    clients[index].asked.removeAll { remove.contains($0) && !add.contains($0) }
    for name in add where !clients[index].asked.contains(name) { clients[index].asked.append(name) }
    let change = hub.manager.changeTopics(
      of: clients[index].id, for: name(user(clients[index].user)), add: add.map(topic), remove: remove.map(topic),
      wantsValues: true, now: hub.now)
    guard case .changed(let topics, let position, let told) = change else {
      Issue.record("seed \(seed): the topics of an open stream cannot be changed")
      return
    }
    let all = followed(clients[index])
    #expect(Set(topics.map(\.text)) == Set(all) && topics.count == all.count, "seed \(seed)")
    #expect(position.sequence == UInt64(sequence), "seed \(seed)")
    let asked = values.filter { value in
      add.isEmpty
        ? follows(value.key.topic, user: clients[index].user, names: all)
        : value.key.topic.topicName.map { add.contains($0.text) } ?? false
    }
    #expect(told.map { Int($0.id.sequence) } == asked.values.map(\.sequence).sorted(), "seed \(seed)")
    tell(index, before: before)
  }

  private mutating func renew() {
    guard let index = clients.indices.filter({ !clients[$0].isEnded }).randomElement(using: &random) else { return }
    let before = followed(clients[index])
    let granted = someNames()
    clients[index].asked.removeAll { !granted.contains($0) }
    let renewal = hub.manager.renew(
      clients[index].id, for: name(user(clients[index].user)), tokenExpiresAt: nil,
      grants: { granted.contains($0.text) }, now: hub.now)
    #expect(renewal == .renewed, "seed \(seed)")
    tell(index, before: before)
  }

  private mutating func subscribe() {
    let user = random.next(below: standing.count)
    let names = someNames()
    let before = clients.map(followed)
    for name in names where !standing[user].contains(name) { standing[user].append(name) }
    let topics = names.map { StandingTopic(user: HubCoreTests.name(self.user(user)), topic: topic($0), expiresAt: nil) }
    expect(hub.manager.subscribe(topics, now: hub.now), of: user, before: before)
  }

  private mutating func unsubscribe() {
    let user = random.next(below: standing.count)
    let names = someNames()
    let before = clients.map(followed)
    standing[user].removeAll { names.contains($0) }
    expect(
      hub.manager.unsubscribe(HubCoreTests.name(self.user(user)), from: names.map(topic), now: hub.now), of: user,
      before: before)
  }

  private mutating func expect(_ subscription: Subscription, of user: Int, before: [[String]]) {
    var changed = 0
    for index in clients.indices where !clients[index].isEnded && clients[index].user == user {
      if Set(before[index]) != Set(followed(clients[index])) { changed += 1 }
      tell(index, before: before[index])
    }
    #expect(subscription == .changed(connections: changed), "seed \(seed)")
  }

  private mutating func giveToOne() {
    guard let index = clients.indices.filter({ !clients[$0].isEnded }).randomElement(using: &random) else { return }
    let before = followed(clients[index])
    let names = someNames()
    if random.next(below: 2) == 0 {
      for name in names where !clients[index].given.contains(name) { clients[index].given.append(name) }
      _ = hub.manager.subscribe(clients[index].id, to: names.map(topic), now: hub.now)
    } else {
      clients[index].given.removeAll { names.contains($0) }
      _ = hub.manager.unsubscribe(clients[index].id, from: names.map(topic), now: hub.now)
    }
    tell(index, before: before)
  }

  private mutating func publish() {
    let topics = someTopics()
    var value: Value?
    var change: Message.ValueChange?
    if topics.count == 1, random.next(below: 2) == 0, let name = Self.valueNames.randomElement(using: &random) {
      value = Value(topic: topics[0], name: name)
      change = random.next(below: 3) == 0 ? .clear(valueName(name)) : .replace(valueName(name))
    }
    let target: Target = topics.count == 1 ? .topic(topics[0]) : .topics(topics)
    let publication = hub.publish("\(sequence + 1)", to: target, value: change)
    if case .replace = change, let value, values[value] == nil, values.count == 5 {
      #expect(publication == .tooManyValues, "seed \(seed)")
      return
    }
    sequence += 1
    let isClear = if case .clear = change { true } else { false }
    let published = Published(sequence: sequence, topics: topics, value: value, isClear: isClear)
    if let value {
      values[value] = isClear ? nil : published
      // Of the events that take a value back the newest is held, and none once there is a value again.
      kept.removeAll { $0.value == value }
    }
    if value == nil || isClear { kept.append(published) }
    if kept.count > Self.maxEvents { floor = kept.removeFirst().sequence }
    var receivers = 0
    for index in clients.indices where !clients[index].isEnded {
      let names = followed(clients[index])
      guard topics.contains(where: { follows($0, user: clients[index].user, names: names) }) else { continue }
      receivers += 1
      clients[index].expected.append(shown(published, user: clients[index].user, names: names))
    }
    #expect(
      publication == .accepted(EventID(epoch: 7, sequence: UInt64(sequence)), sentCount: receivers), "seed \(seed)")
  }

  private mutating func someTopics() -> [Topic] {
    switch random.next(below: 6) {
    case 0: return [.everyone]
    case 1: return [.user(name(user(random.next(below: standing.count))))]
    case 2: return (0..<standing.count).shuffled(using: &random).prefix(2).map { .user(name(user($0))) }
    case 3: return Self.names.shuffled(using: &random).prefix(3).map { .named(topic($0)) }
    default: return [.named(topic(Self.names[random.next(below: Self.names.count)]))]
    }
  }

  /// An event as a client sees it: under the first of its topics that the client follows.
  private func shown(_ event: Published, user: Int, names: [String]) -> String {
    let topic = event.topics.first { follows($0, user: user, names: names) }?.topicName
    return HubCoreTests.event(event.sequence, "\(event.sequence)", topic: topic?.text)
  }

  // MARK: - What came

  func check() {
    for client in clients {
      let received = hub.shard(of: client.stream).received(client.stream).filter { !$0.contains("event: close") }
      #expect(received.map(described) == client.expected, "seed \(seed)")
    }
  }

  private func described(_ event: String) -> String {
    let lines = event.split(separator: "\n")
    let position = lines[0].dropFirst("id: 7-".count)
    if lines[1] == "event: heartbeat" { return "heartbeat at \(position)" }
    guard lines[1] == "event: topics", let data = try? JSONObject(Array(lines[2].dropFirst("data: ".count).utf8)) else {
      return event
    }
    let names = (data["topics"]?.elements ?? []).compactMap(\.string)
    return "topics \(names.sorted()) at \(position)"
  }
}
