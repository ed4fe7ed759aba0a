/// Decides when the hub has shown that it is alive: when every probe has answered since the last heartbeat.
///
/// A round begins with a question to each probe. Half the watchdog's time later there is a heartbeat and the next round
/// if all have answered; else the round is overdue, and the heartbeat comes with the last answer, or never.
struct WatchdogRound {
  enum Action: Equatable, Sendable {
    case nothing
    /// Send the heartbeat, and ask every probe again, for this round.
    case heartbeat(nextRound: UInt64)
    /// These probes, by index, have not answered in half the watchdog's time.
    case report(silent: [Int])
  }

  private enum State {
    case asking(silent: Set<Int>)
    case overdue(silent: Set<Int>)
    case answered
  }

  private let probes: Int
  private var round: UInt64 = 0
  private var state: State

  /// The first round, number 0, begins at once: ask every probe.
  init(probes: Int) {
    self.probes = probes
    state = Self.beginning(probes)
  }

  /// A probe has answered the question of that round.
  mutating func answered(probe: Int, round: UInt64) -> Action {
    guard round == self.round else {
      return .nothing
    }
    switch state {
    case .asking(var silent):
      silent.remove(probe)
      state = silent.isEmpty ? .answered : .asking(silent: silent)
      return .nothing
    case .overdue(var silent):
      silent.remove(probe)
      guard silent.isEmpty else {
        state = .overdue(silent: silent)
        return .nothing
      }
      return beginNext()
    case .answered:
      return .nothing
    }
  }

  /// Half the watchdog's time has passed since the round began, or since this was said last.
  mutating func halfTimePassed() -> Action {
    switch state {
    case .asking(let silent):
      state = .overdue(silent: silent)
      return .report(silent: silent.sorted())
    case .overdue:
      return .nothing
    case .answered:
      return beginNext()
    }
  }

  private mutating func beginNext() -> Action {
    round += 1
    state = Self.beginning(probes)
    return .heartbeat(nextRound: round)
  }

  private static func beginning(_ probes: Int) -> State {
    probes == 0 ? .answered : .asking(silent: Set(0..<probes))
  }
}
