/// Any text as a part of a line of the publishers' socket.
enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Writes `%`, blank, the separator and the control characters (C0, DEL, C1) as `%XX`, byte by byte, and the rest as
  /// it is.
  ///
  /// - Parameter separator: what ends the text where it stands: a comma an id, a semicolon a tag.
  static func append(_ text: String, separator: Unicode.Scalar, to line: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      let bytes = String(scalar).utf8
      if scalar == separator || mustBeEncoded(scalar) {
        for byte in bytes { line += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
      } else {
        line += bytes
      }
    }
  }

  private static func mustBeEncoded(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "%" || scalar.value <= 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }
}
