/// The type of a published event: 1 to 128 bytes without control characters, no blank at either end, and none of
/// the names that the hub keeps for itself.
package struct EventType: ExactName {
  package static let reserved = ["open", "welcome", "heartbeat", "topics", "presence", "close", "error"]

  /// Why a text is no event type.
  package enum Refusal: Error, Hashable { case malformed, reserved }

  package static let message = EventType(unchecked: "message")
  package static let notification = EventType(unchecked: "notification")
  package static let broadcast = EventType(unchecked: "broadcast")
  /// The hub's own: who joined or left a topic.
  package static let presence = EventType(unchecked: "presence")

  package let text: String

  private init(unchecked text: String) { self.text = text }

  package init(checking text: String) throws(Refusal) {
    guard text.isPlainName, !text.hasOuterBlank else { throw .malformed }
    guard !Self.isReserved(text) else { throw .reserved }
    self.text = text
  }

  /// Looks at the length first, which most types differ in.
  private static func isReserved(_ text: String) -> Bool {
    switch text.utf8.count {
    case 4: text == "open"
    case 5: text == "close" || text == "error"
    case 6: text == "topics"
    case 7: text == "welcome"
    case 8: text == "presence"
    case 9: text == "heartbeat"
    default: false
    }
  }

  package init?(_ text: String) {
    guard let type = try? EventType(checking: text) else { return nil }
    self = type
  }
}
