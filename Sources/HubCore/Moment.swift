/// A point in time as both clocks tell it; HubCore reads none.
///
/// Expiry of tokens and time stamps go by the wall clock, which may be set; ages, time-outs and idempotency go by the
/// monotonic one, which may not.
package struct Moment: Sendable, Hashable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package var wall: Int64
  /// Milliseconds since some fixed point before the process began.
  package var monotonic: Int64
  /// The same in nanoseconds, for measuring how long something takes.
  package var nanoseconds: Int64

  package init(wall: Int64, monotonic: Int64) {
    self.wall = wall
    self.monotonic = monotonic
    nanoseconds = monotonic &* 1_000_000
  }

  package init(wall: Int64, nanoseconds: Int64) {
    self.wall = wall
    self.nanoseconds = nanoseconds
    monotonic = nanoseconds / 1_000_000
  }

  /// This moment, a number of milliseconds later on both clocks.
  package func advanced(by milliseconds: Int64) -> Moment {
    Moment(wall: wall + milliseconds, nanoseconds: nanoseconds &+ milliseconds &* 1_000_000)
  }
}

/// ISO 8601 in UTC with milliseconds, `2025-12-10T12:00:00.000Z`.
///
/// The civil date is computed as in Howard Hinnant's “chrono-compatible low-level date algorithms”.
package func timestamp(wall milliseconds: Int64) -> String {
  let (seconds, millisecond) = floorDivide(milliseconds, 1000)
  let (days, second) = floorDivide(seconds, 86_400)
  let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  var text: [UInt8] = []
  text.reserveCapacity(24)
  text.append(padded: year, to: 4, then: UInt8(ascii: "-"))
  text.append(padded: month, to: 2, then: UInt8(ascii: "-"))
  text.append(padded: day, to: 2, then: UInt8(ascii: "T"))
  text.append(padded: second / 3600, to: 2, then: UInt8(ascii: ":"))
  text.append(padded: second / 60 % 60, to: 2, then: UInt8(ascii: ":"))
  text.append(padded: second % 60, to: 2, then: UInt8(ascii: "."))
  text.append(padded: millisecond, to: 3, then: UInt8(ascii: "Z"))
  return String(decoding: text, as: UTF8.self)
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

extension [UInt8] {
  /// Appends a number with at least so many digits, and the character after it.
  fileprivate mutating func append(padded value: Int64, to width: Int, then separator: UInt8) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let digits = value.magnitude.decimalDigitCount
    for _ in 0..<Swift.max(0, width - digits) { append(UInt8(ascii: "0")) }
    append(decimal: value.magnitude)
    append(separator)
  }
}
