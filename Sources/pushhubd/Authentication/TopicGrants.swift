import HubProtocol

/// The named topics that a claim of a token grants: names, `a/*` for those that begin with `a/` and are longer, and `*` for
/// every one. Nothing else is a pattern; names are compared byte by byte.
struct TopicGrants: Hashable, Sendable {
  static let none = TopicGrants()

  private var names: Set<TopicName> = []
  /// The beginnings of names, with the slash; empty for every name.
  private var beginnings: [String] = []

  init() {}

  /// What is neither a name nor a pattern grants nothing.
  mutating func add(_ text: String) {
    if let name = TopicName(text) {
      names.insert(name)
    } else if TopicName.isPattern(text) {
      beginnings.append(String(text.dropLast()))
    }
  }

  var isEmpty: Bool { names.isEmpty && beginnings.isEmpty }

  func grants(_ topic: TopicName) -> Bool {
    names.contains(topic)
      || beginnings.contains { topic.text.utf8.count > $0.utf8.count && topic.text.utf8.starts(with: $0.utf8) }
  }
}
