/// The outline of DER (X.690): whether bytes are built like keys and certificates are, whatever is in them.
enum DERStructure {
  private static let sequence: UInt8 = 0x30
  private static let integer: UInt8 = 0x02
  private static let objectIdentifier: UInt8 = 0x06
  private static let maxDepth = 16

  /// One element's tag and the range of its contents, which may end beyond the bytes.
  private struct Element {
    let tag: UInt8
    let contents: Range<Int>
    let hasLongLength: Bool

    /// nil where no element begins at that place, or its length is not the shortest form of itself.
    init?(_ bytes: [UInt8], at start: Int) {
      guard start + 1 < bytes.count else { return nil }
      tag = bytes[start]
      // No key has a tag of several bytes.
      guard tag & 0x1F != 0x1F, tag != 0 else { return nil }
      let first = bytes[start + 1]
      hasLongLength = first >= 0x80
      guard hasLongLength else {
        contents = start + 2..<start + 2 + Int(first)
        return
      }
      let count = Int(first & 0x7F)
      let end = start + 2 + count
      guard (1...3).contains(count), end <= bytes.count else { return nil }
      let length = bytes[start + 2..<end].reduce(0) { $0 << 8 | Int($1) }
      guard length >= 0x80, length >= 1 << (8 * (count - 1)) else { return nil }
      contents = end..<end + length
    }
  }

  /// Whether the bytes are one SEQUENCE that is well-formed from its first byte to its last; line breaks and zeros may
  /// follow it.
  ///
  /// Of 32 or 64 random bytes one in thirty million is: they have to begin with two values, and end where elements do.
  static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard let element = Element(bytes, at: 0), element.tag == sequence else { return false }
    guard element.contents.upperBound <= bytes.count, !element.contents.isEmpty else { return false }
    guard bytes[element.contents.upperBound...].allSatisfy({ $0 == 0 || $0.isWhiteSpace }) else { return false }
    return isFilled(element.contents, of: bytes, depth: 1)
  }

  /// Whether the bytes begin as keys and certificates do, wherever they end: SEQUENCE, then SEQUENCE and OBJECT
  /// IDENTIFIER (SubjectPublicKeyInfo), or in more than 127 bytes SEQUENCE (certificates) or INTEGER (RSAPublicKey).
  static func isBegun(_ bytes: [UInt8]) -> Bool {
    guard let outer = Element(bytes, at: 0), outer.tag == sequence,
      let inner = Element(bytes, at: outer.contents.lowerBound), inner.contents.upperBound <= outer.contents.upperBound,
      !inner.contents.isEmpty
    else {
      return false
    }
    if outer.hasLongLength { return inner.tag == sequence || inner.tag == integer }
    guard inner.tag == sequence, let first = Element(bytes, at: inner.contents.lowerBound) else { return false }
    return first.tag == objectIdentifier && first.contents.upperBound <= inner.contents.upperBound
  }

  /// Whether elements fill the range without a rest, and so within those that are constructed.
  private static func isFilled(_ range: Range<Int>, of bytes: [UInt8], depth: Int) -> Bool {
    guard depth <= maxDepth else { return false }
    var place = range.lowerBound
    while place < range.upperBound {
      guard let element = Element(bytes, at: place), element.contents.upperBound <= range.upperBound else {
        return false
      }
      let isConstructed = element.tag & 0x20 != 0
      guard !isConstructed || isFilled(element.contents, of: bytes, depth: depth + 1) else { return false }
      place = element.contents.upperBound
    }
    return true
  }
}
