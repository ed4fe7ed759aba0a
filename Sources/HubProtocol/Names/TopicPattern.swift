/// Named topics: one by its name, those whose names begin with `a/` and are longer (`a/*`), or every one (`*`).
///
/// Nothing else is a pattern. Two are the same if they are written the same, byte by byte.
public struct TopicPattern: ExactName {
  public let text: String

  /// `*`
  package static let everyTopic = TopicPattern(unchecked: "*")

  private init(unchecked text: String) { self.text = text }

  public init?(_ text: String) {
    guard text.isPlainName, !text.hasOuterBlank else { return nil }
    self.text = text
  }

  /// The one topic that it stands for; nil where it stands for many.
  package var topic: TopicName? { TopicName(text) }

  /// How the names of its topics begin, empty for every topic; nil where it is a name itself.
  package var beginning: Substring? { TopicName.isPattern(text) ? text.dropLast() : nil }

  package func matches(_ topic: TopicName) -> Bool {
    guard let beginning else { return topic.text.hasSameBytes(as: text) }
    return topic.text.utf8.count > beginning.utf8.count && topic.text.utf8.starts(with: beginning.utf8)
  }
}
