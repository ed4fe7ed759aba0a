/// Base64 with the URL and filename safe alphabet (RFC 4648 section 5), without padding as JOSE uses it.
enum Base64URL {
  private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// What each byte stands for; 0xFF for those outside the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  /// The bytes that the text stands for.
  ///
  /// Strict, so that no two texts mean the same bytes: nil for padding, white space, other alphabets, a length that no
  /// encoder makes, and bits set behind the last byte.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let values = Self.values
    let count = text.count
    guard count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count / 4 * 3 + 2)
    var bits: UInt32 = 0
    var pending = 0
    var seen: UInt8 = 0
    for byte in text {
      let value = values[Int(byte)]
      seen |= value
      bits = bits << 6 | UInt32(value & 63)
      pending += 6
      if pending >= 8 {
        pending -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(pending)))
      }
    }
    let rest = bits & (1 << UInt32(pending) - 1)
    return seen < 64 && rest == 0 ? bytes : nil
  }

  static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var bits: UInt32 = 0
    var pending = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      pending += 8
      while pending >= 6 {
        pending -= 6
        text.append(alphabet[Int(bits >> UInt32(pending) & 63)])
      }
    }
    if pending > 0 { text.append(alphabet[Int(bits << UInt32(6 - pending) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }
}
