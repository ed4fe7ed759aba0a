import HubProtocol
import Synchronization
import Testing

@testable import HubCore

/// What listeners hear, against a model that keeps everything and looks at all of it: live, and since any event.
@Suite struct ListenSimulationTests {
  @Test(arguments: 1...24 as ClosedRange<UInt64>)
  func everyListenerHearsExactlyWhatItListensTo(seed: UInt64) {
    var simulation = ListenSimulation(seed: seed, shards: 1 + Int(seed % 3))
    for _ in 0..<2000 { simulation.step() }
    simulation.check()
  }
}

private struct ListenSimulation {
  private static let names = ["a", "a/b", "a/b/c", "a/", "user0", "ab/c"]
  private static let patterns = ["a/*", "a/b/*", "*", "b/*", "a"]
  private static let maxEvents = 40

  struct Listener {
    let ref: ListenerRef
    let targets: [ListenTarget]
    var expected: [String]
    var heard: [String]
    var isOver = false
  }

  struct Published {
    let sequence: Int
    let topics: [Topic]
    let tag: String
    /// As the line has it.
    let data: String
    let value: String?
    let isClear: Bool
    let isKept: Bool
  }

  let seed: UInt64
  let hub: TestHub
  var random: SplitMix
  var listeners: [Listener] = []
  /// What is in history.
  var kept: [Published] = []
  var values: [String: Published] = [:]
  var floor = 0
  var sequence = 0

  init(seed: UInt64, shards: Int) {
    self.seed = seed
    random = SplitMix(state: seed)
    hub = TestHub(shards: shards) {
      $0.historyMaxEvents = Self.maxEvents
      $0.historyMaxValues = 1000
    }
  }

  mutating func step() {
    switch random.next(below: 12) {
    case 0: listen()
    case 1: unlisten()
    default: publish()
    }
  }

  // MARK: - The rule

  private func covers(_ target: ListenTarget, _ topic: Topic) -> Bool {
    switch (target, topic) {
    case (.all, _), (.everyone, .everyone): return true
    case (.user(let wanted), .user(let user)): return wanted == user
    case (.topics(let pattern), .named(let name)):
      if pattern.text == "*" { return true }
      guard pattern.text.hasSuffix("/*") else { return pattern.text == name.text }
      return name.text.hasPrefix(pattern.text.dropLast()) && name.text != pattern.text.dropLast()
    default: return false
    }
  }

  private func shown(_ event: Published, to targets: [ListenTarget]) -> String? {
    guard let topic = event.topics.first(where: { topic in targets.contains { covers($0, topic) } }) else { return nil }
    let target =
      switch topic {
      case .everyone: "*"
      case .user(let user): "user:\(user)"
      case .named(let name): "topic:\(name)"
      }
    return "\(event.tag)EVENT 7-\(event.sequence) \(target) message \(event.data)\n"
  }

  // MARK: - Steps

  private mutating func listen() {
    var targets: [ListenTarget] = []
    for _ in 0...random.next(below: 3) { targets.append(someTarget()) }
    let since = random.next(below: sequence + 2)
    let starts: [ListenStart] = [.now, .start, .after(EventID(epoch: 7, sequence: UInt64(since)))]
    let start = starts[random.next(below: 3)]
    let earlier = listeners.indices.filter { !listeners[$0].isOver }.randomElement(using: &random)
    let replaces = random.next(below: 3) == 0 ? earlier : nil
    let listening = hub.manager.listen(
      to: targets, since: start, shard: random.next(below: hub.shards.count), connection: 1,
      insteadOf: replaces.map { listeners[$0].ref }, now: hub.now)
    if let replaces { listeners[replaces].isOver = true }
    let isWhole = since >= floor && since <= sequence
    let (outcome, position): (ReplayOutcome, Int?) =
      switch start {
      case .now: (.none, nil)
      case .start: (.start, 0)
      case .after: isWhole ? (.complete, since) : (.gap, 0)
      }
    #expect(listening.outcome == outcome, "seed \(seed)")
    #expect(listening.position == EventID(epoch: 7, sequence: UInt64(position ?? sequence)), "seed \(seed)")
    let owed = (kept + values.values).sorted { $0.sequence < $1.sequence }.filter { $0.sequence > position ?? sequence }
    var listener = Listener(
      ref: listening.listener, targets: targets, expected: owed.compactMap { shown($0, to: targets) }, heard: [])
    var cursor = listening.cursor
    while let next = cursor {
      let batch = hub.manager.nextListenBatch(next, now: hub.now)
      #expect(!batch.isTorn, "seed \(seed)")
      listener.heard += batch.events.map(text)
      cursor = batch.next
    }
    listeners.append(listener)
  }

  private mutating func unlisten() {
    guard let index = listeners.indices.filter({ !listeners[$0].isOver }).randomElement(using: &random) else { return }
    hub.manager.unlisten(listeners[index].ref)
    listeners[index].isOver = true
  }

  private mutating func publish() {
    let topics = someTopics()
    let form = random.next(below: 4) == 0 ? "as=text" : nil
    var change: Message.ValueChange?
    if topics.count == 1, let name = ["v", "w;"].randomElement(using: &random), random.next(below: 2) == 0 {
      change = random.next(below: 3) == 0 ? .clear(valueName(name)) : .replace(valueName(name))
    }
    let ttl = change == nil && random.next(below: 6) == 0 ? 0 : nil
    sequence += 1
    let text = form == nil ? "\(sequence)" : "\(sequence)\n"
    let message = Message(
      type: .message, data: Array(text.utf8), form: form == nil ? .json : .text, ttl: ttl, value: change)
    let target: Target = topics.count == 1 ? .topic(topics[0]) : .topics(topics)
    guard case .accepted = hub.manager.publish(message, to: target, now: hub.now) else {
      Issue.record("seed \(seed): an event is refused")
      return
    }
    note(topics, change, form: form, isKept: ttl == nil)
  }

  private mutating func note(_ topics: [Topic], _ change: Message.ValueChange?, form: String?, isKept: Bool) {
    var tags: [String] = []
    var value: String?
    var isClear = false
    switch change {
    case .replace(let name):
      value = "\(topics[0]) \(name)"
      tags.append("replace=\(name.text == "w;" ? "w%3B" : name.text)")
    case .clear(let name):
      (value, isClear) = ("\(topics[0]) \(name)", true)
      tags.append("clear=\(name.text == "w;" ? "w%3B" : name.text)")
    case nil: break
    }
    if let form { tags.append(form) }
    let tag = tags.isEmpty ? "" : "@\(tags.joined(separator: ";")) "
    let event = Published(
      sequence: sequence, topics: topics, tag: tag, data: form == nil ? "\(sequence)" : "\"\(sequence)\\n\"",
      value: value, isClear: isClear, isKept: isKept)
    if let value {
      values[value] = isClear ? nil : event
      kept.removeAll { $0.value == value }
    }
    if isKept, value == nil || isClear { kept.append(event) }
    if kept.count > Self.maxEvents { floor = kept.removeFirst().sequence }
    for index in listeners.indices where !listeners[index].isOver {
      if let line = shown(event, to: listeners[index].targets) { listeners[index].expected.append(line) }
    }
  }

  private mutating func someTarget() -> ListenTarget {
    switch random.next(below: 8) {
    case 0: .all
    case 1: .everyone
    case 2, 3: .user(name("user\(random.next(below: 3))"))
    case 4: ListenTarget(.named(topic(Self.names[random.next(below: Self.names.count)])))
    default: TopicPattern(Self.patterns[random.next(below: Self.patterns.count)]).map(ListenTarget.topics) ?? .all
    }
  }

  private mutating func someTopics() -> [Topic] {
    switch random.next(below: 5) {
    case 0: [.everyone]
    case 1: [.user(name("user\(random.next(below: 3))"))]
    case 2: (0..<3).shuffled(using: &random).prefix(2).map { .user(name("user\($0)")) }
    case 3: Self.names.shuffled(using: &random).prefix(3).map { .named(topic($0)) }
    default: [.named(topic(Self.names[random.next(below: Self.names.count)]))]
    }
  }

  // MARK: - What was heard

  private func text(_ event: HeardEvent) -> String {
    var line: [UInt8] = []
    event.append(to: &line)
    #expect(event.line.text == String(decoding: line, as: UTF8.self), "seed \(seed): a line that waits is another")
    return String(decoding: line, as: UTF8.self)
  }

  func check() {
    for listener in listeners {
      let live = hub.shards[listener.ref.shard].state.withLock { $0.heard[listener.ref] ?? [] }
      #expect(listener.heard + live.map(text) == listener.expected, "seed \(seed)")
    }
  }
}
