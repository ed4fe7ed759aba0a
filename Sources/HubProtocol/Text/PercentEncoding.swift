/// Bytes as `%XX` (RFC 3986, section 2.1): in the line protocol what would end a word, in a URL whatever else it cannot
/// hold.
extension Span<UInt8> {
  /// The bytes as text, each `%XX` taken for the byte that it stands for; nil where a `%` has no two hexadecimal digits
  /// after it, or the whole is not UTF-8.
  ///
  /// - Parameter plusIsBlank: as in the query of a form (`application/x-www-form-urlencoded`).
  package func percentDecoded(plusIsBlank: Bool = false) -> String? {
    let whole = 0..<count
    let isPlain = index(of: UInt8(ascii: "%"), in: whole) == count
    if isPlain, !plusIsBlank || index(of: UInt8(ascii: "+"), in: whole) == count { return text(in: whole) }
    return percentDecodedBytes(plusIsBlank: plusIsBlank).flatMap { $0.span.text(in: $0.indices) }
  }

  /// The same for what need not be UTF-8.
  package func percentDecodedBytes(plusIsBlank: Bool = false) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var index = 0
    while index < count {
      switch self[index] {
      case UInt8(ascii: "%"):
        guard let byte = escapedByte(at: index) else { return nil }
        bytes.append(byte)
        index += 3
      case UInt8(ascii: "+") where plusIsBlank:
        bytes.append(UInt8(ascii: " "))
        index += 1
      case let byte:
        bytes.append(byte)
        index += 1
      }
    }
    return bytes
  }

  /// The byte that the `%XX` at an index stands for; nil where there is none.
  package func escapedByte(at index: Int) -> UInt8? {
    guard index + 2 < count, self[index] == UInt8(ascii: "%"), let high = self[index + 1].hexDigit,
      let low = self[index + 2].hexDigit
    else { return nil }
    return high << 4 | low
  }
}

extension [UInt8] {
  /// Appends any text as a part of a line: `%`, blank, the separator and control characters (C0, DEL, C1) as `%XX`, byte
  /// by byte, and the rest as it is.
  ///
  /// - Parameter separator: what ends the text where it stands: a comma an id, a semicolon a tag.
  package mutating func append(percentEncoding text: String, separator: Unicode.Scalar) {
    var text = text
    // Read within the closure.
    let isPlain = text.withUTF8 { bytes in
      for byte in bytes {
        guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%"), UInt32(byte) != separator.value else { return false }
      }
      append(contentsOf: bytes)
      return true
    }
    if isPlain { return }
    for scalar in text.unicodeScalars {
      let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      guard scalar == "%" || scalar == " " || scalar == separator || scalar.isControl else {
        append(contentsOf: bytes)
        continue
      }
      for byte in bytes {
        append(UInt8(ascii: "%"))
        append(.hexDigit(byte >> 4, letters: "A"))
        append(.hexDigit(byte & 15, letters: "A"))
      }
    }
  }
}
