/// Makes text of a JSON string that the scanner has found valid.
enum JSONStringDecoder {
  /// The text of the string that stands, quotes included, in a range; nil where an escaped surrogate stands alone.
  static func decode(_ range: Range<Int>, of bytes: Span<UInt8>) -> String? {
    guard range.count >= 2 else { return nil }
    let content = (range.lowerBound + 1)..<(range.upperBound - 1)
    var backslash = bytes.index(of: UInt8(ascii: "\\"), in: content)
    guard backslash < content.upperBound else { return bytes.text(in: content) }
    var text: [UInt8] = []
    text.reserveCapacity(content.count)
    var start = content.lowerBound
    while backslash < content.upperBound {
      text.append(start..<backslash, of: bytes)
      guard let length = appendEscape(at: backslash, of: bytes, to: &text) else { return nil }
      start = backslash + length
      guard start <= content.upperBound else { return nil }
      backslash = bytes.index(of: UInt8(ascii: "\\"), in: start..<content.upperBound)
    }
    text.append(start..<content.upperBound, of: bytes)
    return text.span.text(in: text.indices)
  }

  /// Appends what one escape, or the two of a surrogate pair, stands for; returns its length.
  private static func appendEscape(at index: Int, of bytes: Span<UInt8>, to text: inout [UInt8]) -> Int? {
    guard index + 1 < bytes.count else { return nil }
    switch bytes[index + 1] {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): return appendScalar(at: index, of: bytes, to: &text)
    case let byte: text.append(byte)
    }
    return 2
  }

  private static func appendScalar(at index: Int, of bytes: Span<UInt8>, to text: inout [UInt8]) -> Int? {
    guard let unit = bytes.hexValue(at: index + 2) else { return nil }
    if let scalar = Unicode.Scalar(unit) {
      text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return 6
    }
    guard unit < 0xDC00, bytes.hasPrefix("\\u", in: (index + 6)..<max(index + 6, bytes.count)),
      let low = bytes.hexValue(at: index + 8), low & 0xFC00 == 0xDC00,
      let scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
    else { return nil }
    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    return 12
  }
}
