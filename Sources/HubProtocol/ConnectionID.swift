/// The name of one stream: `conn_` and 22 characters of base64url, 128 bits that the caller drew at random.
public struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
  /// In bytes, as text.
  @usableFromInline package static var size: Int { 27 }
  private static var prefix: String { "conn_" }

  private let high: UInt64
  private let low: UInt64

  /// The two words are random; nothing here has a source of randomness.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The id that a peer wrote, or nil if no connection can have that name.
  package init?(_ text: String) {
    guard text.utf8.count == Self.size, text.hasPrefix(Self.prefix) else { return nil }
    var bits: (high: UInt64, low: UInt64) = (0, 0)
    for byte in text.utf8.dropFirst(Self.prefix.utf8.count) {
      guard let digit = Base64URL.value(of: byte) else { return nil }
      // 22 digits hold 132 bits; the first may only use its lowest two.
      guard bits.high >> 58 == 0 else { return nil }
      bits = (bits.high << 6 | bits.low >> 58, bits.low << 6 | digit)
    }
    self.init(high: bits.high, low: bits.low)
  }

  /// Whether somebody may have taken the text for the name of a connection.
  static func isLike(_ text: String) -> Bool { text.utf8.starts(with: prefix.utf8) && text.utf8.count <= 128 }

  public var description: String {
    String(maxSize: Self.size) { $0.append(self) }
  }

  fileprivate func write(digits: UnsafeMutableRawBufferPointer) {
    var rest = (high: high, low: low)
    for index in digits.indices.reversed() {
      digits[index] = Base64URL.digit(rest.low & 63)
      rest = (rest.high >> 6, rest.low >> 6 | rest.high << 58)
    }
  }
}

extension ByteWriter {
  /// Appends `ConnectionID.size` bytes.
  @usableFromInline package mutating func append(_ id: ConnectionID) {
    append("conn_")
    id.write(digits: claim(ConnectionID.size - 5))
  }
}
