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

  var isEmpty: Bool { targets.isEmpty }
  var count: Int { targets.count }

  mutating func add(shard: Int, connection: UInt64, to targets: ListenTargets) -> ListenerRef {
    lastNumber += 1
    let listener = ListenerRef(shard: shard, connection: connection, number: lastNumber)
    self.targets[listener] = targets
    for target in targets.all { listeners[target, default: []].append(listener) }
    return listener
  }

  mutating func remove(_ listener: ListenerRef) {
    for target in targets.removeValue(forKey: listener)?.all ?? [] {
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
    var hearers = listeners[.all] ?? []
    ListenTarget.forEach(covering: topic) { target in
      if let more = listeners[target] { hearers += more }
    }
    return hearers
  }
}

/// What one listener listens to: of its targets no two cover one topic.
package struct ListenTargets: Sendable {
  fileprivate let all: Set<ListenTarget>

  package init(_ targets: [ListenTarget]) {
    let wanted = Set(targets)
    all = wanted.contains(.all) ? [.all] : wanted.filter { target in !wanted.contains { $0.isWider(than: target) } }
  }

  func covers(_ topic: Topic) -> Bool {
    var isCovered = all.contains(.all)
    ListenTarget.forEach(covering: topic) { if !isCovered { isCovered = all.contains($0) } }
    return isCovered
  }
}

extension ListenTarget {
  /// Calls `body` with each target, but `all`, that covers a topic.
  fileprivate static func forEach(covering topic: Topic, _ body: (ListenTarget) -> Void) {
    body(ListenTarget(topic))
    guard case .named(let name) = topic else { return }
    body(.topics(.everyTopic))
    let bytes = name.text.utf8
    for slash in bytes.indices where bytes[slash] == UInt8(ascii: "/") && bytes.index(after: slash) < bytes.endIndex {
      if let pattern = TopicPattern(name.text[...slash] + "*") { body(.topics(pattern)) }
    }
  }

  fileprivate func isWider(than other: ListenTarget) -> Bool {
    guard case .topics(let pattern) = self, case .topics(let narrower) = other, let beginning = pattern.beginning else {
      return false
    }
    return pattern != narrower
      && (narrower.topic.map(pattern.matches) ?? narrower.text.utf8.starts(with: beginning.utf8))
  }
}
