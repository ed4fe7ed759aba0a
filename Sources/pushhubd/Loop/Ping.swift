import HubCore

/// Who asked a shard whether its loop still turns, and is told as soon as the loop gets to it.
enum Ping: Sendable {
  case watchdog(ServiceSupervisor, probe: Int, round: UInt64)
  /// In nanoseconds of the monotonic clock.
  case lag(LoopLag, loop: Int, askedAt: Int64)

  func answer() {
    switch self {
    case .watchdog(let supervisor, let probe, let round): supervisor.answered(probe: probe, round: round)
    case .lag(let lag, let loop, let start):
      lag.answered(loop, askedAt: start, now: SystemClock.now().nanoseconds)
    }
  }
}
