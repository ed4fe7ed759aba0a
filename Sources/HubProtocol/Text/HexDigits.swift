extension UInt8 {
  /// The value of a hexadecimal digit in either case.
  package var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The digit of a value below 16.
  ///
  /// - Parameter letters: the digit of ten, which says in which case the letters are.
  package static func hexDigit(_ value: UInt8, letters: Unicode.Scalar = "a") -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: letters) &+ value &- 10
  }
}

extension Span<UInt8> {
  /// The value of the four hexadecimal digits at an index, or nil where there are not four.
  func hexValue(at index: Int) -> UInt32? {
    guard index + 4 <= count else { return nil }
    var value: UInt32 = 0
    for place in index..<(index + 4) {
      guard let digit = self[place].hexDigit else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

extension ByteWriter {
  /// Appends the last so many hexadecimal digits of a value, in small letters.
  package mutating func append(hexadecimal value: Int, digits: Int) {
    for place in stride(from: 4 * (digits - 1), through: 0, by: -4) {
      append(.hexDigit(UInt8(truncatingIfNeeded: value >> place & 15)))
    }
  }
}
