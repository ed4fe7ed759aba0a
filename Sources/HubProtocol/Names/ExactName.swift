/// A text that is compared byte by byte.
///
/// Swift compares `String`s by canonical equivalence, which would merge two users whose ids differ only in their
/// Unicode normalisation. Everything that names somebody or something in the hub is one of these.
///
/// It is public, as `UserID` is, only because the compiler does not inline the members of a `package` type into other
/// modules: a table of users compares names for every event.
public protocol ExactName: Hashable, Sendable, CustomStringConvertible {
  var text: String { get }
  /// Checks once; nothing checks again.
  init?(_ text: String)
}

extension ExactName {
  @inlinable public static func == (left: Self, right: Self) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  @inlinable public func hash(into hasher: inout Hasher) {
    var text = text
    // Read within the closure.
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  @inlinable public var description: String { text }
}

extension String {
  /// Whether both are the same bytes, whatever else Unicode holds to be equal.
  @inlinable package func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.span.isSame(as: other)
  }

  /// Whether there is a blank at either end.
  var hasOuterBlank: Bool { utf8.first == 0x20 || utf8.last == 0x20 }

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
