package import HubProtocol

/// Names one LISTEN of a connection on the socket.
package struct ListenerRef: Hashable, Sendable {
  /// The index of the shard that serves the connection.
  package let shard: Int
  /// The shard's name for the connection; the hub only passes it on.
  package let connection: UInt64
  /// No other LISTEN has it.
  let number: UInt64
}

/// Who listens on the socket, and to what.
struct Listeners {
  private var listeners: [ListenTarget: [ListenerRef]] = [:]
  private var targets: [ListenerRef: ListenTargets] = [:]
  private var lastNumber: UInt64 = 0
  /// How many patterns are listened to: without any, none is looked for.
  private var patternCount = 0

  var isEmpty: Bool { targets.isEmpty }
  var count: Int { targets.count }

  mutating func add(shard: Int, connection: UInt64, to targets: ListenTargets) -> ListenerRef {
    lastNumber += 1
    let listener = ListenerRef(shard: shard, connection: connection, number: lastNumber)
    self.targets[listener] = targets
    patternCount += targets.patterns.count
    for target in targets.all { listeners[target, default: []].append(listener) }
    return listener
  }

  mutating func remove(_ listener: ListenerRef) {
    guard let former = targets.removeValue(forKey: listener) else { return }
    patternCount -= former.patterns.count
    for target in former.all {
      listeners[target]?.removeAll { $0 == listener }
      if listeners[target]?.isEmpty == true { listeners[target] = nil }
    }
  }

  /// Who hears an event, each once, under the first of its topics that they listen to.
  func hearers(of target: Target) -> [(target: Target, listeners: [ListenerRef])] {
    switch target {
    case .connection(let id):
      let hearers = (listeners[.all] ?? []) + (listeners[.connection(id)] ?? [])
      return hearers.isEmpty ? [] : [(target, hearers)]
    case .topic(let topic):
      let hearers = hearers(of: topic)
      return hearers.isEmpty ? [] : [(target, hearers)]
    case .topics(let topics):
      var served: Set<ListenerRef> = []
      var groups: [(target: Target, listeners: [ListenerRef])] = []
      for topic in topics where served.count < targets.count {
        let hearers = hearers(of: topic).filter { served.insert($0).inserted }
        if !hearers.isEmpty { groups.append((.topic(topic), hearers)) }
      }
      return groups
    }
  }

  /// Nobody twice: of a listener's targets no two cover one topic.
  private func hearers(of topic: Topic) -> [ListenerRef] {
    var hearers = (listeners[.all] ?? []) + (listeners[ListenTarget(topic)] ?? [])
    guard patternCount > 0, case .named(let name) = topic else { return hearers }
    TopicPattern.forEach(covering: name) { pattern in
      if let more = listeners[.topics(pattern)] { hearers += more }
    }
    return hearers
  }
}

/// What one listener listens to: of its targets no two cover one topic.
package struct ListenTargets: Sendable {
  fileprivate let all: Set<ListenTarget>
  /// Those that stand for many topics.
  fileprivate let patterns: [TopicPattern]

  package init(_ targets: [ListenTarget]) {
    let wanted = Set(targets)
    all = wanted.contains(.all) ? [.all] : wanted.filter { target in !wanted.contains { $0.isWider(than: target) } }
    patterns = all.compactMap { target in
      if case .topics(let pattern) = target, pattern.topic == nil { pattern } else { nil }
    }
  }

  func covers(_ topic: Topic) -> Bool {
    if all.contains(.all) || all.contains(ListenTarget(topic)) { return true }
    guard case .named(let name) = topic else { return false }
    return patterns.contains { $0.matches(name) }
  }
}

extension TopicPattern {
  /// Calls `body` with each pattern that stands for many topics, this one among them.
  fileprivate static func forEach(covering topic: TopicName, _ body: (TopicPattern) -> Void) {
    body(.everyTopic)
    let bytes = topic.text.utf8
    for slash in bytes.indices where bytes[slash] == UInt8(ascii: "/") && bytes.index(after: slash) < bytes.endIndex {
      if let pattern = TopicPattern(topic.text[...slash] + "*") { body(pattern) }
    }
  }
}

extension ListenTarget {
  fileprivate func isWider(than other: ListenTarget) -> Bool {
    guard case .topics(let pattern) = self, case .topics(let narrower) = other, let beginning = pattern.beginning else {
      return false
    }
    return pattern != narrower
      && (narrower.topic.map(pattern.matches) ?? narrower.text.utf8.starts(with: beginning.utf8))
  }
}
