import HubCore
import HubProtocol

/// The header field `Date` (RFC 9110 section 6.6.1), written once for each second. For one thread.
final class DateField {
  private var second = Int64.min
  private var line: [UInt8] = []

  /// - Parameter milliseconds: of the wall clock.
  func append(to output: inout [UInt8], wall milliseconds: Int64) {
    if milliseconds / 1000 != second {
      second = milliseconds / 1000
      line = Array("Date: \(httpDate(wall: milliseconds))\r\n".utf8)
    }
    output += line
  }
}

/// A point in time as HTTP writes it (IMF-fixdate, RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
func httpDate(wall milliseconds: Int64) -> String {
  let time = CivilTime(wall: milliseconds)
  return String(maxSize: 40) { text in
    text.append(weekday(time.weekday))
    text.append(padded: time.day, to: 2)
    text.append(month(time.month))
    text.append(padded: time.year, to: 4)
    text.append(UInt8(ascii: " "))
    text.append(padded: time.hour, to: 2)
    text.append(UInt8(ascii: ":"))
    text.append(padded: time.minute, to: 2)
    text.append(UInt8(ascii: ":"))
    text.append(padded: time.second, to: 2)
    text.append(" GMT")
  }
}

private func weekday(_ number: Int64) -> StaticString {
  switch number {
  case 0: "Sun, "
  case 1: "Mon, "
  case 2: "Tue, "
  case 3: "Wed, "
  case 4: "Thu, "
  case 5: "Fri, "
  default: "Sat, "
  }
}

private func month(_ number: Int64) -> StaticString {
  switch number {
  case 1: " Jan "
  case 2: " Feb "
  case 3: " Mar "
  case 4: " Apr "
  case 5: " May "
  case 6: " Jun "
  case 7: " Jul "
  case 8: " Aug "
  case 9: " Sep "
  case 10: " Oct "
  case 11: " Nov "
  default: " Dec "
  }
}
