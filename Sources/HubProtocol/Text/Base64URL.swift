/// Base64 with the URL and filename safe alphabet (RFC 4648 section 5), without padding as JOSE uses it.
package enum Base64URL {
  private static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  /// What each byte stands for; 0xFF for those outside the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for value in 0..<64 { values[Int(digit(UInt64(value)))] = UInt8(value) }
    return values
  }()

  /// The digit of a value below 64.
  static func digit(_ value: UInt64) -> UInt8 {
    precondition(value < 64, "a digit of base64 has six bits")
    // Safe: the alphabet has 64 characters, and a literal's text lives as long as the program.
    return alphabet.utf8Start[Int(value)]
  }

  /// What a digit stands for; nil for a byte outside the alphabet.
  static func value(of digit: UInt8) -> UInt64? {
    let value = values[Int(digit)]
    return value < 64 ? UInt64(value) : nil
  }

  /// The bytes that the text stands for.
  ///
  /// Strict, so that no two texts mean the same bytes: nil for padding, white space, other alphabets, a length that no
  /// encoder makes, and bits set behind the last byte.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    // Decoded within the closure.
    text.withContiguousStorageIfAvailable { decode($0.span) } ?? decode(Array(text).span)
  }

  private static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    let rest = text.count % 4
    guard rest != 1 else { return nil }
    let values = Self.values
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3 + 2)
    var seen: UInt8 = 0
    for start in stride(from: 0, to: text.count - rest, by: 4) {
      let bits = bits(of: text, in: start..<(start + 4), values, seen: &seen)
      bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
      bytes.append(UInt8(truncatingIfNeeded: bits))
    }
    let bits = bits(of: text, in: (text.count - rest)..<text.count, values, seen: &seen)
    // Of two characters' 12 bits 4 are spare, of three characters' 18 bits 2.
    let spare = UInt32(6 * rest % 8)
    if rest == 3 { bytes.append(UInt8(truncatingIfNeeded: bits >> (spare + 8))) }
    if rest > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> spare)) }
    return seen < 64 && bits & (1 << spare - 1) == 0 ? bytes : nil
  }

  /// The bits that at most four characters stand for; `seen` gathers their values, to tell those outside the alphabet.
  @inline(__always) private static func bits(
    of text: Span<UInt8>, in range: Range<Int>, _ values: [UInt8], seen: inout UInt8
  ) -> UInt32 {
    var bits: UInt32 = 0
    for index in range {
      let value = values[Int(text[index])]
      seen |= value
      bits = bits << 6 | UInt32(value & 63)
    }
    return bits
  }

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var bits: UInt32 = 0
    var pending = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      pending += 8
      while pending >= 6 {
        pending -= 6
        text.append(digit(UInt64(bits >> UInt32(pending) & 63)))
      }
    }
    if pending > 0 { text.append(digit(UInt64(bits << UInt32(6 - pending) & 63))) }
    return String(decoding: text, as: UTF8.self)
  }
}
