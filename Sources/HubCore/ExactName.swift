/// A text that is compared byte by byte.
///
/// Swift compares `String`s by canonical equivalence, which would merge two users whose ids differ only in their
/// Unicode normalisation. Everything that names somebody or something in the hub is one of these.
package protocol ExactName: Hashable, Sendable, CustomStringConvertible {
  var text: String { get }
  /// Checks once; nothing checks again.
  init?(_ text: String)
}

extension ExactName {
  package static func == (left: Self, right: Self) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    // Read within the closure.
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  package var description: String { text }
}

extension String {
  /// Whether both are the same bytes, whatever else Unicode holds to be equal.
  package func hasSameBytes(as other: String) -> Bool {
    let left = utf8.span
    let right = other.utf8.span
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
  }

  /// Whether the text is 1 to 128 bytes of UTF-8 without control characters (C0, DEL, C1).
  var isPlainName: Bool {
    let size = utf8.count
    guard size >= 1 && size <= 128 else { return false }
    // Bytes rather than scalars, as this is asked for every message; in UTF-8, C1 is C2 80 to C2 9F.
    var text = self
    // Read within the closure, by its own iterator.
    return text.withUTF8 { bytes in
      var previous: UInt8 = 0
      for byte in bytes {
        guard byte >= 0x20, byte != 0x7F, byte >= 0xA0 || previous != 0xC2 || byte < 0x80 else { return false }
        previous = byte
      }
      return true
    }
  }
}

extension Unicode.Scalar {
  /// C0, DEL or C1.
  package var isControl: Bool { value < 0x20 || (value >= 0x7F && value < 0xA0) }
}

/// The user that a token speaks for: 1 to 128 bytes, any characters but control characters.
package struct UserID: ExactName {
  package let text: String

  package init?(_ text: String) {
    guard text.isPlainName else { return nil }
    self.text = text
  }
}

/// What a client calls itself (`clientId`, `X-Client-Id`): 1 to 128 bytes without control characters.
package struct ClientID: ExactName {
  package let text: String

  package init?(_ text: String) {
    guard text.isPlainName else { return nil }
    self.text = text
  }
}

/// An idempotency key of a publisher: 1 to 128 bytes.
package struct IdempotencyKey: ExactName {
  package let text: String

  package init?(_ text: String) {
    let size = text.utf8.count
    guard size >= 1 && size <= 128 else { return nil }
    self.text = text
  }
}

/// The type of a published event: 1 to 128 bytes without control characters, no blank at either end, and none of
/// the names that the hub keeps for itself.
package struct EventType: ExactName {
  package static let reserved = ["open", "welcome", "heartbeat", "close", "error"]

  /// Why a text is no event type.
  package enum Refusal: Error, Hashable { case malformed, reserved }

  package static let message = EventType(unchecked: "message")
  package static let notification = EventType(unchecked: "notification")
  package static let broadcast = EventType(unchecked: "broadcast")

  package let text: String

  private init(unchecked text: String) { self.text = text }

  package init(checking text: String) throws(Refusal) {
    guard text.isPlainName, text.utf8.first != 0x20, text.utf8.last != 0x20 else { throw .malformed }
    guard !Self.isReserved(text) else { throw .reserved }
    self.text = text
  }

  /// Looks at the length first, which most types differ in.
  private static func isReserved(_ text: String) -> Bool {
    switch text.utf8.count {
    case 4: text == "open"
    case 5: text == "close" || text == "error"
    case 7: text == "welcome"
    case 9: text == "heartbeat"
    default: false
    }
  }

  package init?(_ text: String) {
    guard let type = try? EventType(checking: text) else { return nil }
    self = type
  }
}
