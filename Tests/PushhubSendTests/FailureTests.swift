import Testing

@testable import pushhub_send

@Test func aMessageIsOneLineWhateverIsInIt() {
  #expect(Failure.line("a\nb\u{1B}[31m\u{85}é") == Array("pushhub-send: a?b?[31m?é\n".utf8))
}

@Test(arguments: [
  (ExitCode.done, ExitCode.undelivered, ExitCode.undelivered), (.undelivered, .tryAgain, .tryAgain),
  (.tryAgain, .badData, .badData), (.badData, .unavailable, .unavailable), (.done, .done, .done),
])
func theWorseOfTwoCodesStands(one: ExitCode, other: ExitCode, combined: ExitCode) {
  #expect(one.combined(with: other) == combined)
  #expect(other.combined(with: one) == combined)
}
