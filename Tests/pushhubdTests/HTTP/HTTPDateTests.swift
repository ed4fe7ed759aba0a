import Testing

@testable import pushhubd

struct HTTPDateTests {
  @Test(arguments: [
    (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (951_782_400_999, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
  ])
  func dateIsWrittenAsRFC9110HasIt(milliseconds: Int64, text: String) { #expect(httpDate(wall: milliseconds) == text) }
}
