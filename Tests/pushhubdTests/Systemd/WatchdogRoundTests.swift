import Testing

@testable import pushhubd

@Suite struct WatchdogRoundTests {
  @Test func heartbeatComesWithTheLastAnswer() {
    var round = WatchdogRound(probes: 2)
    #expect(round.halfTimePassed() == .ask(round: 1))
    #expect(round.answered(probe: 1, round: 1) == .nothing)
    #expect(round.answered(probe: 0, round: 1) == .heartbeat)
    #expect(round.answered(probe: 0, round: 1) == .nothing)
    #expect(round.halfTimePassed() == .ask(round: 2))
  }

  @Test func silentProbeIsReportedOnceAndKeepsTheHeartbeatBack() {
    var round = WatchdogRound(probes: 3)
    #expect(round.halfTimePassed() == .ask(round: 1))
    #expect(round.answered(probe: 1, round: 1) == .nothing)
    #expect(round.halfTimePassed() == .report(silent: [0, 2]))
    #expect(round.halfTimePassed() == .nothing)
    #expect(round.answered(probe: 2, round: 1) == .nothing)
    #expect(round.halfTimePassed() == .nothing)
  }

  @Test func lateAnswerBringsTheHeartbeatAtOnce() {
    var round = WatchdogRound(probes: 1)
    #expect(round.halfTimePassed() == .ask(round: 1))
    #expect(round.halfTimePassed() == .report(silent: [0]))
    #expect(round.answered(probe: 0, round: 1) == .heartbeat)
    #expect(round.halfTimePassed() == .ask(round: 2))
  }

  @Test func answerOfAnEarlierRoundCountsForNothing() {
    var round = WatchdogRound(probes: 1)
    #expect(round.halfTimePassed() == .ask(round: 1))
    #expect(round.answered(probe: 0, round: 1) == .heartbeat)
    #expect(round.halfTimePassed() == .ask(round: 2))
    #expect(round.answered(probe: 0, round: 1) == .nothing)
    #expect(round.halfTimePassed() == .report(silent: [0]))
  }

  @Test func oneProbeDoesNotAnswerForAnother() {
    var round = WatchdogRound(probes: 2)
    #expect(round.halfTimePassed() == .ask(round: 1))
    #expect(round.answered(probe: 0, round: 1) == .nothing)
    #expect(round.answered(probe: 0, round: 1) == .nothing)
    #expect(round.halfTimePassed() == .report(silent: [1]))
  }

  @Test func withoutProbesTheHeartbeatIsUnconditional() {
    var round = WatchdogRound(probes: 0)
    #expect(round.halfTimePassed() == .heartbeat)
    #expect(round.halfTimePassed() == .heartbeat)
  }
}
