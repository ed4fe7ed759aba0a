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
    let digits = value.decimalDigitCount
    append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
    var rest = value
    for index in stride(from: count - 1, through: count - digits, by: -1) {
      self[index] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
