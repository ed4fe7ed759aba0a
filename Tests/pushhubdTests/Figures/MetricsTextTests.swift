import Testing

@testable import pushhubd

struct MetricsTextTests {
  @Test func aFamilyHasItsHeadAndItsSamples() {
    var text = MetricsText()
    text.family("a_total", .counter, "One\\two\n\"three\".")
    text.sample([("x", "a\\b\"c\nd"), ("y", "é")], 5)
    text.sample("6")
    text.family("none", .gauge, "Without samples.")
    text.family("b", .gauge, "B.")
    text.sample([], 7)
    #expect(
      String(decoding: text.bytes, as: UTF8.self) == """
        # HELP a_total One\\\\two\\n"three".
        # TYPE a_total counter
        a_total{x="a\\\\b\\"c\\nd",y="é"} 5
        a_total 6
        # HELP b B.
        # TYPE b gauge
        b 7

        """)
  }

  @Test(arguments: [
    (0, 1000, "0"), (1, 1000, "0.001"), (1500, 1000, "1.5"), (-250, 1000, "-0.25"), (50, 1_000_000, "0.00005"),
    (10_000_000, 1_000_000, "10"), (1_234_567_891, 1_000_000_000, "1.234567891"),
  ])
  func secondsAreExact(value: Int64, perSecond: Int64, text: String) {
    #expect(MetricsText.seconds(value, perSecond: perSecond) == text)
  }
}
