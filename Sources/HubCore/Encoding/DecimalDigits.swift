extension FixedWidthInteger where Self: UnsignedInteger {
  /// How many decimal digits the value is written with.
  var decimalDigitCount: Int {
    var count = 1
    var rest = self
    while rest >= 10 {
      rest /= 10
      count += 1
    }
    return count
  }
}

extension [UInt8] {
  /// Appends the value's decimal digits, without making a `String` of them first.
  mutating func append(decimal value: UInt64) {
    // No 64-bit value has more than 20 digits.
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var first = digits.count
    var rest = value
    repeat {
      first -= 1
      digits[first] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    append(first..<digits.count, of: digits.span)
  }
}
