/// Strings, numbers and literals.
extension JSONScanner {
  /// Goes past a string; the scanner stands at its first quote.
  mutating func skipString(_ bytes: Span<UInt8>) throws(JSONError) {
    index += 1
    while true {
      index = bytes.indexOfSpecial(from: index)
      switch byte(bytes) {
      case UInt8(ascii: "\""):
        index += 1
        return
      case UInt8(ascii: "\\"): try skipEscape(bytes)
      case 0x80...0xFF: try skipBeyondASCII(bytes)
      default: throw missing(.rawControl, bytes)
      }
    }
  }

  mutating func skipNumber(_ bytes: Span<UInt8>) throws(JSONError) {
    let start = index
    if byte(bytes) == UInt8(ascii: "-") { index += 1 }
    if byte(bytes) == UInt8(ascii: "0") {
      index += 1
    } else {
      try skipDigits(bytes, from: start)
    }
    if byte(bytes) == UInt8(ascii: ".") {
      index += 1
      try skipDigits(bytes, from: start)
    }
    if byte(bytes) | 0x20 == UInt8(ascii: "e") {
      index += 1
      if byte(bytes) == UInt8(ascii: "+") || byte(bytes) == UInt8(ascii: "-") { index += 1 }
      try skipDigits(bytes, from: start)
    }
    if byte(bytes).isDigit { throw JSONError(reason: .badNumber, offset: start) }
  }

  mutating func skipLiteral(_ literal: StaticString, _ bytes: Span<UInt8>) throws(JSONError) {
    guard bytes.hasPrefix(literal, in: index..<bytes.count) else { throw error(.notAValue) }
    index += literal.utf8CodeUnitCount
  }

  private mutating func skipEscape(_ bytes: Span<UInt8>) throws(JSONError) {
    guard index + 1 < bytes.count else { throw error(.endsEarly) }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 2
    case UInt8(ascii: "u"):
      guard bytes.hexValue(at: index + 2) != nil else { throw error(.badEscape) }
      index += 6
    default: throw error(.badEscape)
    }
  }

  /// Goes past the scalars beyond ASCII that follow one another.
  private mutating func skipBeyondASCII(_ bytes: Span<UInt8>) throws(JSONError) {
    repeat {
      let length = bytes.scalarLength(at: index)
      guard length > 0 else { throw error(.badUTF8) }
      index += length
    } while byte(bytes) >= 0x80
  }

  private mutating func skipDigits(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) {
    guard byte(bytes).isDigit else {
      throw index < bytes.count ? JSONError(reason: .badNumber, offset: start) : error(.endsEarly)
    }
    while byte(bytes).isDigit { index += 1 }
  }
}
