import Testing

@testable import pushhubd

@Suite struct WatchdogRoundTests {
  @Test func heartbeatComesAtHalfTimeWhenAllHaveAnswered() {
    var round = WatchdogRound(probes: 2)
    #expect(round.answered(probe: 1, round: 0) == .nothing)
    #expect(round.answered(probe: 0, round: 0) == .nothing)
    #expect(round.halfTimePassed() == .heartbeat(nextRound: 1))
  }

  @Test func silentProbeIsReportedOnceAndKeepsTheHeartbeatBack() {
    var round = WatchdogRound(probes: 3)
    #expect(round.answered(probe: 1, round: 0) == .nothing)
    #expect(round.halfTimePassed() == .report(silent: [0, 2]))
    #expect(round.halfTimePassed() == .nothing)
    #expect(round.answered(probe: 2, round: 0) == .nothing)
    #expect(round.halfTimePassed() == .nothing)
  }

  @Test func lateAnswerBringsTheHeartbeatAtOnce() {
    var round = WatchdogRound(probes: 1)
    #expect(round.halfTimePassed() == .report(silent: [0]))
    #expect(round.answered(probe: 0, round: 0) == .heartbeat(nextRound: 1))
    #expect(round.answered(probe: 0, round: 1) == .nothing)
    #expect(round.halfTimePassed() == .heartbeat(nextRound: 2))
  }

  @Test func answerOfAnEarlierRoundCountsForNothing() {
    var round = WatchdogRound(probes: 1)
    _ = round.answered(probe: 0, round: 0)
    #expect(round.halfTimePassed() == .heartbeat(nextRound: 1))
    #expect(round.answered(probe: 0, round: 0) == .nothing)
    #expect(round.halfTimePassed() == .report(silent: [0]))
  }

  @Test func oneProbeDoesNotAnswerForAnother() {
    var round = WatchdogRound(probes: 2)
    #expect(round.answered(probe: 0, round: 0) == .nothing)
    #expect(round.answered(probe: 0, round: 0) == .nothing)
    #expect(round.halfTimePassed() == .report(silent: [1]))
  }

  @Test func withoutProbesTheHeartbeatIsUnconditional() {
    var round = WatchdogRound(probes: 0)
    #expect(round.halfTimePassed() == .heartbeat(nextRound: 1))
    #expect(round.halfTimePassed() == .heartbeat(nextRound: 2))
  }
}
