/// Decides when the hub has shown that it is alive: when every probe has answered since the last heartbeat.
///
/// Every half of the watchdog's time each probe is asked, and the heartbeat comes with the last answer, which is at once
/// or never. So a loop that hangs is noticed by the end of the watchdog's time.
struct WatchdogRound {
  enum Action: Equatable, Sendable {
    case nothing
    /// Ask every probe, for this round.
    case ask(round: UInt64)
    case heartbeat
    /// These probes, by index, have not answered in half the watchdog's time.
    case report(silent: [Int])
  }

  private enum State {
    case answered
    case asking(silent: Set<Int>)
    case overdue(silent: Set<Int>)
  }

  private let probes: Int
  private var round: UInt64 = 0
  private var state = State.answered

  /// Begins with the first ``halfTimePassed()``.
  init(probes: Int) {
    self.probes = probes
  }

  /// Half the watchdog's time has passed since this was said last.
  mutating func halfTimePassed() -> Action {
    switch state {
    case .answered:
      guard probes > 0 else {
        return .heartbeat
      }
      round += 1
      state = .asking(silent: Set(0..<probes))
      return .ask(round: round)
    case .asking(let silent):
      state = .overdue(silent: silent)
      return .report(silent: silent.sorted())
    case .overdue:
      return .nothing
    }
  }

  /// A probe has answered the question of that round.
  mutating func answered(probe: Int, round: UInt64) -> Action {
    guard round == self.round else {
      return .nothing
    }
    switch state {
    case .answered:
      return .nothing
    case .asking(var silent):
      silent.remove(probe)
      state = silent.isEmpty ? .answered : .asking(silent: silent)
      return silent.isEmpty ? .heartbeat : .nothing
    case .overdue(var silent):
      silent.remove(probe)
      state = silent.isEmpty ? .answered : .overdue(silent: silent)
      return silent.isEmpty ? .heartbeat : .nothing
    }
  }
}
