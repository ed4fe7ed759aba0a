/// Ids as they stand on a line of the publishers' socket.
enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Writes `%`, comma, blank and the control characters (C0, DEL, C1) as `%XX`, byte by byte, and the rest as it is.
  static func append(_ id: String, to line: inout [UInt8]) {
    for scalar in id.unicodeScalars {
      let bytes = String(scalar).utf8
      if mustBeEncoded(scalar) {
        for byte in bytes { line += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
      } else {
        line += bytes
      }
    }
  }

  private static func mustBeEncoded(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "%", ",": true
    default: scalar.value <= 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }
  }
}
