import Testing

@testable import pushhubd

struct DateFieldTests {
  @Test(arguments: [
    (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (951_782_400_999, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
  ])
  func dateIsWrittenAsRFC9110HasIt(milliseconds: Int64, text: String) { #expect(httpDate(wall: milliseconds) == text) }

  @Test func fieldIsWrittenAnewWithEachSecond() {
    let date = DateField()
    for (milliseconds, second) in [(0, "00"), (999, "00"), (1000, "01"), (500, "00"), (61_000, "01")]
      as [(Int64, String)]
    {
      var output: [UInt8] = []
      date.append(to: &output, wall: milliseconds)
      let text = String(decoding: output, as: UTF8.self)
      #expect(text.hasPrefix("Date: Thu, 01 Jan 1970 00:0") && text.hasSuffix(":\(second) GMT\r\n"))
    }
  }
}
