import HubProtocol

/// The named topics that a claim of a token grants.
struct TopicGrants: Hashable, Sendable {
  static let none = TopicGrants()

  /// Those that stand for one topic, which are looked up.
  private var names: Set<TopicName> = []
  private var patterns: [TopicPattern] = []

  init() {}

  /// What is neither a name nor a pattern grants nothing.
  mutating func add(_ text: String) {
    guard let pattern = TopicPattern(text) else { return }
    if let name = pattern.topic { names.insert(name) } else { patterns.append(pattern) }
  }

  var isEmpty: Bool { names.isEmpty && patterns.isEmpty }

  func grants(_ topic: TopicName) -> Bool { names.contains(topic) || patterns.contains { $0.matches(topic) } }
}
