import Runtime
import Testing

@testable import pushhubd

@Suite struct LoopLagTests {
  /// The questions that wait in a shard's mailbox, as the loop's indices and the times at which they were asked.
  private func questions(_ shard: Shard) -> [(loop: Int, askedAt: Int64)] {
    var items: [ShardItem] = []
    guard shard.mailbox.exchange(&items) else { return [] }
    return items.compactMap {
      if case .ping(.lag(_, let loop, let askedAt)) = $0 { (loop, askedAt) } else { nil }
    }
  }

  @Test func theLongestOfTheLastAnswersCounts() throws {
    let shard = try Shard()
    let lag = LoopLag(of: [shard])
    var now: Int64 = 1_000
    func ask(andAnswerAfter time: Int64) {
      lag.ask(now: now)
      now += time
      for (loop, askedAt) in questions(shard) { lag.answered(loop, askedAt: askedAt, now: now) }
    }
    #expect(lag.longest(now: now).map(\.nanoseconds) == [0])
    for time: Int64 in [10, 500, 20] { ask(andAnswerAfter: time) }
    let longest = lag.longest(now: now)
    #expect(longest.map(\.nanoseconds) == [500] && longest.map(\.loop) == ["shard-0"])
    for _ in 0..<LoopLag.memory { ask(andAnswerAfter: 30) }
    #expect(lag.longest(now: now).map(\.nanoseconds) == [30])
  }

  @Test func anAnswerThatIsDueCountsAndIsNotAskedForTwice() throws {
    let shards = [try Shard(), try Shard()]
    let lag = LoopLag(of: shards)
    lag.ask(now: 1_000)
    lag.answered(1, askedAt: 1_000, now: 1_007)
    lag.ask(now: 1_007)
    #expect(lag.longest(now: 1_012).map(\.nanoseconds) == [12, 7])
    #expect(shards.map { questions($0).map(\.askedAt) } == [[1_000], [1_000, 1_007]])
    lag.answered(0, askedAt: 1_000, now: 1_012)
    #expect(lag.longest(now: 1_112).map(\.nanoseconds) == [12, 105])
  }
}
