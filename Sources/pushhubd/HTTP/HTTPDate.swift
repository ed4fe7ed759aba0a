import HubCore

/// A point in time as HTTP writes it (IMF-fixdate, RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
func httpDate(wall milliseconds: Int64) -> String {
  let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  // `2025-12-10T12:00:00.000Z` has every part at a fixed place, for years of four digits.
  let parts = Array(timestamp(wall: milliseconds).utf8)
  func text(_ range: Range<Int>) -> String { String(decoding: parts[range], as: UTF8.self) }
  let day = Int(milliseconds.quotientFlooring(by: 86_400_000) % 7 + 7) % 7
  let month = (Int(text(5..<7)) ?? 1) - 1
  return "\(days[day]), \(text(8..<10)) \(months[month]) \(text(0..<4)) \(text(11..<19)) GMT"
}

extension Int64 {
  fileprivate func quotientFlooring(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
