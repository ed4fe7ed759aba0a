/// A point in time by the Gregorian calendar, in UTC.
///
/// The date is computed as in Howard Hinnant's “chrono-compatible low-level date algorithms”.
public struct CivilTime: Sendable, Hashable {
  /// Enough for a time stamp of any moment that milliseconds in an `Int64` can name.
  @inlinable package static var maxTimestampBytes: Int { 32 }

  package let year: Int64
  /// 1 to 12.
  package let month: Int64
  /// 1 to 31.
  package let day: Int64
  /// 0 for Sunday, to 6.
  package let weekday: Int64
  package let hour: Int64
  package let minute: Int64
  package let second: Int64
  package let millisecond: Int64

  /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
  package init(wall milliseconds: Int64) {
    let (seconds, millisecond) = floorDivide(milliseconds, 1000)
    let (days, secondOfDay) = floorDivide(seconds, 86_400)
    let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    // 1970-01-01 was a Thursday.
    weekday = floorDivide(days + 4, 7).remainder
    hour = secondOfDay / 3600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
    self.millisecond = millisecond
  }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
