import Testing

@testable import pushhub_send

@Test(arguments: [
  ("5s", 5_000), ("500ms", 500), ("5", 5_000), ("0.5", 500), ("2.25s", 2_250), ("2m", 120_000), ("1ms", 1),
  ("0.001", 1), ("86400", 86_400_000), ("1440m", 86_400_000),
])
func timesAreReadInMilliseconds(text: String, milliseconds: Int) {
  #expect(Timeout(text) == Timeout(milliseconds: milliseconds))
}

@Test(arguments: [
  "", "s", "ms", "0", "0s", "0.0", "-1", "+1", " 5", "5 s", "5S", "5h", "1.", ".5", "1.2.3", "0.0001", "0.1ms", "1e3",
  "86401", "1441m", "999999999m", "1000000000", "99999999999999999999999", "٥",
])
func whatIsNoTimeIsRefused(text: String) {
  #expect(Timeout(text) == nil)
}

@Test func aTimeIsSaidAsAPersonWouldWriteIt() {
  #expect(Timeout(milliseconds: 5_000).description == "5s")
  #expect(Timeout(milliseconds: 2_500).description == "2500ms")
}
