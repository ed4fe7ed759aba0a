/// The name of a topic: 1 to 128 bytes without control characters, no blank at either end, by convention a path
/// (`orders/42`). `*` and what ends in `/*` are patterns, not names.
public struct TopicName: ExactName {
  public let text: String

  public init?(_ text: String) {
    guard text.isPlainName, !text.hasOuterBlank, !Self.isPattern(text) else { return nil }
    self.text = text
  }

  /// Whether it grants names rather than being one.
  package static func isPattern(_ text: String) -> Bool { text == "*" || text.utf8.suffix(2).elementsEqual("/*".utf8) }
}
