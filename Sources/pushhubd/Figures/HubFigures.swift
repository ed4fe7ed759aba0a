import HubCore

/// All that the hub tells of itself at one time: what `/metrics` and `STATS` are made of.
struct HubFigures {
  let statistics: Statistics
  let shards: [ShardFigures]
  let publishers: Int
  let counters: Counters
  let lag: [(loop: String, nanoseconds: Int64)]
  let droppedLogEntries: UInt64
  let process: ProcessFigures
  /// Milliseconds since 1970.
  let startedAt: Int64
  let version: String
}

extension Hub {
  func figures(now: Moment, listsUsers: Bool) -> HubFigures {
    HubFigures(
      statistics: manager.statistics(now: now, listsUsers: listsUsers), shards: shards.map(\.figures),
      publishers: publishers.count, counters: counters, lag: lag.longest(now: now.nanoseconds),
      droppedLogEntries: log.queue.dropped,
      process: ProcessFigures.read(), startedAt: startedAt, version: Version.current)
  }
}
