import Testing

@testable import pushhubd

@Suite struct BurstSummaryTests {
  private let start = SuspendingClock.now
  private let origin = BurstSummary.Origin(file: "pushhubd/A.swift", line: 1)
  private let limit = BurstSummary.maxEntriesPerPeriod

  @Test func upToTheLimitEverythingPasses() {
    var bursts = BurstSummary()
    for _ in 0..<limit {
      #expect(bursts.admits(origin, now: start) == true)
    }
    #expect(bursts.nextDue == nil)
    #expect(bursts.all().isEmpty)
  }

  @Test func whatIsBeyondTheLimitIsCounted() {
    var bursts = BurstSummary()
    let admitted = (0..<limit + 4812).filter { _ in bursts.admits(origin, now: start) }
    #expect(admitted.count == limit)
    #expect(bursts.nextDue == start + .seconds(5))
    #expect(bursts.due(now: start + .milliseconds(4999)).isEmpty)
    let due = bursts.due(now: start + .seconds(5))
    #expect(due.map(\.text) == ["… and 4,812 more like it in 5 s"])
    #expect(bursts.due(now: start + .seconds(5)).isEmpty)
    #expect(bursts.admits(origin, now: start + .seconds(5)) == true)
  }

  @Test func aPeriodBeginsAnewAfterQuiet() {
    var bursts = BurstSummary()
    for _ in 0..<limit {
      #expect(bursts.admits(origin, now: start) == true)
    }
    #expect(bursts.admits(origin, now: start + .seconds(5)) == true)
  }

  @Test func nothingHeldBackIsForgottenWhenTheSummaryIsLate() {
    var bursts = BurstSummary()
    for _ in 0...limit {
      _ = bursts.admits(origin, now: start)
    }
    #expect(bursts.admits(origin, now: start + .seconds(7)) == false)
    #expect(bursts.due(now: start + .seconds(7)).map(\.count) == [2])
  }

  @Test func placesHaveTheirOwnAccounts() {
    var bursts = BurstSummary()
    let other = BurstSummary.Origin(file: "pushhubd/A.swift", line: 2)
    for _ in 0...limit {
      _ = bursts.admits(origin, now: start)
    }
    #expect(bursts.admits(other, now: start) == true)
    #expect(bursts.all().map(\.origin) == [origin])
  }
}
