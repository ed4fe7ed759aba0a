import Synchronization

/// How long the loops take to answer: each is asked every five seconds, and the longest of the last answers counts.
final class LoopLag: Sendable {
  static let interval: Int64 = 5_000
  /// Answers that are remembered: those of 15 seconds, as long as two scrapes are commonly apart.
  static let memory = 3

  private struct Loop {
    let shard: Shard
    /// Nanoseconds; nil when it has answered.
    var askedAt: Int64?
    var answers: [Int64] = []
    var next = 0

    mutating func answered(_ nanoseconds: Int64) {
      if answers.count < memory { answers.append(nanoseconds) } else { answers[next] = nanoseconds }
      next = (next + 1) % memory
    }
  }

  private let loops: Mutex<[Loop]>

  init(of shards: [Shard]) { loops = Mutex(shards.map { Loop(shard: $0) }) }

  /// Asks each loop that owes no answer. Times are nanoseconds of the monotonic clock.
  func ask(now: Int64) {
    let asked = loops.withLock { loops in
      loops.indices.filter { index in
        defer { loops[index].askedAt = loops[index].askedAt ?? now }
        return loops[index].askedAt == nil
      }.map { ($0, loops[$0].shard) }
    }
    for (index, shard) in asked { shard.post(.ping(.lag(self, loop: index, askedAt: now))) }
  }

  /// The longest of the last answers of each loop, in nanoseconds; an answer that is due counts with the time so far.
  func longest(now: Int64) -> [(loop: String, nanoseconds: Int64)] {
    loops.withLock { loops in
      loops.enumerated().map { index, loop in
        ("shard-\(index)", max(loop.answers.max() ?? 0, loop.askedAt.map { now - $0 } ?? 0))
      }
    }
  }

  func answered(_ index: Int, askedAt start: Int64, now: Int64) {
    loops.withLock { loops in
      loops[index].answered(max(0, now - start))
      loops[index].askedAt = nil
    }
  }
}
