import Testing

@testable import pushhub_send

@Test func theFirstAttemptIsMadeAtOnceAndThenThePausesDouble() {
  var pauses = ReconnectPauses()
  #expect((0..<9).map { _ in pauses.next() } == [0, 20, 40, 80, 160, 320, 640, 1000, 1000])
  pauses.reset()
  #expect((0..<3).map { _ in pauses.next() } == [0, 20, 40])
}
