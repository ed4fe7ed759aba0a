/// Text as a JSON string (RFC 8259, section 7).
enum JSONString {
  private static let digits = Array("0123456789abcdef".utf8)

  /// - Parameter text: valid UTF-8; it stays as it is but for what JSON must escape.
  static func encode(_ text: some Collection<UInt8>) -> [UInt8] {
    var json: [UInt8] = []
    json.reserveCapacity(text.count + 2)
    json.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): json += "\\n".utf8
      case UInt8(ascii: "\r"): json += "\\r".utf8
      case UInt8(ascii: "\t"): json += "\\t".utf8
      case 0..<0x20:
        json += "\\u00".utf8
        json += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
    return json
  }
}
