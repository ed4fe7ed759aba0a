extension UInt8 {
  /// Whether it is one of the digits from `0` to `9`.
  package var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension UInt64 {
  /// How many decimal digits the value is written with.
  @inlinable package var decimalDigitCount: Int {
    var count = 1
    var limit: UInt64 = 10
    while self >= limit {
      count &+= 1
      let (next, isBeyond) = limit.multipliedReportingOverflow(by: 10)
      if isBeyond { break }
      limit = next
    }
    return count
  }
}

extension ByteWriter {
  /// Appends the value's decimal digits, two at a time from the last, without making a `String` of them first.
  @inlinable package mutating func append(decimal value: UInt64) {
    let digits = claim(value.decimalDigitCount)
    var place = digits.count
    var rest = value
    while rest >= 100 {
      let (hundredth, pair) = rest.quotientAndRemainder(dividingBy: 100)
      place &-= 2
      digits[place] = 0x30 &+ UInt8(truncatingIfNeeded: pair / 10)
      digits[place &+ 1] = 0x30 &+ UInt8(truncatingIfNeeded: pair % 10)
      rest = hundredth
    }
    digits[place &- 1] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
    if rest >= 10 { digits[place &- 2] = 0x30 &+ UInt8(truncatingIfNeeded: rest / 10) }
  }

  /// Appends a number with at least so many digits.
  package mutating func append(padded value: Int64, to width: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let digits = claim(max(width, rest.decimalDigitCount))
    for place in digits.indices.reversed() {
      digits[place] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}

extension [UInt8] {
  /// Appends the value's decimal digits.
  @inlinable package mutating func append(decimal value: UInt64) {
    append(size: value.decimalDigitCount) { $0.append(decimal: value) }
  }
}
