import Testing

@testable import pushhubd

@Suite struct ServiceMessageTests {
  @Test(arguments: [
    (ServiceMessage.ready, "READY=1"),
    (.status("17 connections"), "STATUS=17 connections"),
    (.status("two\nlines\u{1b}[0m"), "STATUS=two lines [0m"),
    (.reloading(monotonicMicroseconds: 5_000_001), "RELOADING=1\nMONOTONIC_USEC=5000001"),
    (.stopping, "STOPPING=1"),
    (.extendTimeout(.milliseconds(1500)), "EXTEND_TIMEOUT_USEC=1500000"),
    (.extendTimeout(.seconds(-1)), "EXTEND_TIMEOUT_USEC=0"),
    (.failure(errno: 98), "ERRNO=98"),
    (.watchdog, "WATCHDOG=1"),
  ])
  func messageIsWrittenAsSystemdReadsIt(message: ServiceMessage, text: String) {
    #expect(message.text == text)
  }

  @Test(arguments: [
    (Duration.zero, Int64(0)), (.microseconds(1), 1), (.nanoseconds(999), 0), (.seconds(3), 3_000_000),
    (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
  ])
  func microsecondsAreWholeAndNeverOverflow(duration: Duration, microseconds: Int64) {
    #expect(duration.wholeMicroseconds == microseconds)
  }
}
