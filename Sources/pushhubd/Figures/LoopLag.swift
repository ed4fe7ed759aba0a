import Synchronization

/// How long the loops take to answer: each is asked every five seconds, and the longest of the last answers counts.
final class LoopLag: Sendable {
  static let interval: Int64 = 5_000
  /// Answers that are remembered: those of 15 seconds, as long as two scrapes are commonly apart.
  static let memory = 3

  private struct Loop {
    let name: String
    let probe: any WatchdogProbe
    /// Nanoseconds; nil when it has answered.
    var askedAt: Int64?
    var answers: [Int64] = []
    var next = 0

    mutating func answered(_ nanoseconds: Int64) {
      if answers.count < memory { answers.append(nanoseconds) } else { answers[next] = nanoseconds }
      next = (next + 1) % memory
    }
  }

  private let loops = Mutex<[Loop]>([])
  /// Nanoseconds of the monotonic clock.
  private let clock: @Sendable () -> Int64

  init(clock: @escaping @Sendable () -> Int64) { self.clock = clock }

  /// - Parameter name: as metrics show it.
  func watch(_ probe: any WatchdogProbe, as name: String) {
    loops.withLock { $0.append(Loop(name: name, probe: probe)) }
  }

  /// Asks each loop that owes no answer.
  func ask() {
    let now = clock()
    let asked = loops.withLock { loops in
      loops.indices.filter { index in
        defer { loops[index].askedAt = loops[index].askedAt ?? now }
        return loops[index].askedAt == nil
      }.map { ($0, loops[$0].probe) }
    }
    for (index, probe) in asked {
      probe.ping { self.answered(index, after: now) }
    }
  }

  /// The longest of the last answers of each loop, in nanoseconds; an answer that is due counts with the time so far.
  var longest: [(loop: String, nanoseconds: Int64)] {
    let now = clock()
    return loops.withLock { loops in
      loops.map { loop in (loop.name, max(loop.answers.max() ?? 0, loop.askedAt.map { now - $0 } ?? 0)) }
    }
  }

  private func answered(_ index: Int, after start: Int64) {
    let now = clock()
    loops.withLock { loops in
      loops[index].answered(max(0, now - start))
      loops[index].askedAt = nil
    }
  }
}
