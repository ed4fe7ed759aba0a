import DequeModule

/// The idempotency keys of the last ten minutes, each with the reply that its first use got.
struct RecentKeys {
  /// How long a key is remembered, in milliseconds.
  static let lifetime: Int64 = 600_000
  /// About 64 MiB with keys of common length. When it is reached, keyed messages are refused and no key is forgotten
  /// early: that would deliver a repeated message twice.
  static let maxKeys = 262_144

  private struct Use {
    let id: EventID
    let sentCount: Int
  }

  private var uses: [IdempotencyKey: Use] = [:]
  private var expiries: Deque<(key: IdempotencyKey, at: Int64)> = []

  var isFull: Bool { uses.count >= Self.maxKeys }
  var count: Int { uses.count }

  func publication(for key: IdempotencyKey) -> Publication? {
    uses[key].map { .accepted($0.id, sentCount: $0.sentCount) }
  }

  /// Remembers the first use of a key; `now` is monotonic.
  mutating func remember(_ key: IdempotencyKey, id: EventID, sentCount: Int, now: Int64) {
    uses[key] = Use(id: id, sentCount: sentCount)
    expiries.append((key, now + Self.lifetime))
  }

  mutating func forgetExpired(now: Int64) {
    while let first = expiries.first, first.at <= now {
      expiries.removeFirst()
      uses[first.key] = nil
    }
  }
}
