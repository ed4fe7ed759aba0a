internal import Dispatch
internal import Logging
import Runtime
internal import Synchronization

/// Keeps systemd informed while the hub runs: the watchdog's heartbeat and the status line.
///
/// It has a thread of its own, so that a stuck shard cannot keep it from noticing that; and it
/// counts the hub's connections on that thread, so that a hub whose lock is never released gets no heartbeat either.
final class ServiceSupervisor: Sendable {
  private struct State {
    var round: WatchdogRound
    var isHeartbeatDue = false
    var isStopped = false
  }

  private let hub: Hub
  private let addresses: [String]
  /// Half the watchdog's time; nil if systemd does not watch the hub.
  private let heartbeatInterval: Duration?
  private let state: Mutex<State>
  private let wakeUp = DispatchSemaphore(value: 0)

  /// - Parameter addresses: where the hub listens, for the status line; empty where systemd decided that.
  init(_ hub: Hub, addresses: [String] = []) {
    self.hub = hub
    self.addresses = addresses
    heartbeatInterval = hub.notifier.watchdogTimeout.map { $0 / 2 }
    state = Mutex(State(round: WatchdogRound(probes: hub.shards.count)))
  }

  private var notifier: ServiceNotifier { hub.notifier }

  /// Sends the first heartbeat at once, and begins. Does nothing where no service manager listens.
  func start() throws(SystemCallError) {
    guard notifier.isActive else {
      return
    }
    if heartbeatInterval != nil {
      notifier.send(.watchdog)
    }
    try LoopThread.start(named: "watchdog") { self.run() }
  }

  /// No more heartbeats and status lines. Call it when the loops it asks are about to end, and the process with them.
  func stop() {
    state.withLock { $0.isStopped = true }
    wakeUp.signal()
  }

  private func run() {
    let clock = SuspendingClock()
    var status = ServiceStatus(addresses: addresses)
    var nextStatus = clock.now
    var nextHeartbeat = clock.now
    while !state.withLock({ $0.isStopped }) {
      let now = clock.now
      if now >= nextStatus {
        nextStatus = now + ServiceStatus.minimumInterval
        if let line = status.line(for: ServiceFigures(of: hub), now: now) {
          notifier.send(.status(line))
        }
      }
      if let heartbeatInterval, now >= nextHeartbeat {
        nextHeartbeat = now + heartbeatInterval
        perform(state.withLock { $0.round.halfTimePassed() })
      }
      if takeHeartbeat() {
        perform(.heartbeat)
      }
      let wait = clock.now.duration(to: heartbeatInterval == nil ? nextStatus : min(nextStatus, nextHeartbeat))
      _ = wakeUp.wait(timeout: .now() + .microseconds(Int(clamping: max(0, wait.wholeMicroseconds))))
    }
  }

  private func takeHeartbeat() -> Bool {
    state.withLock { state in
      defer { state.isHeartbeatDue = false }
      return state.isHeartbeatDue
    }
  }

  private func perform(_ action: WatchdogRound.Action) {
    switch action {
    case .nothing:
      break
    case .ask(let round):
      ask(round: round)
    case .heartbeat:
      notifier.send(.watchdog)
    case .report(let silent):
      let names = silent.map { "shard \($0)" }.joined(separator: ", ")
      hub.logger.record(.watchdogOverdue, "no answer from \(names): no heartbeat until there is one")
    }
  }

  private func ask(round: UInt64) {
    for (index, shard) in hub.shards.enumerated() {
      shard.post(.ping(.watchdog(self, probe: index, round: round)))
    }
  }

  /// On the shard's thread: the heartbeat itself is left to the supervisor's.
  func answered(probe: Int, round: UInt64) {
    let isDue = state.withLock { state in
      guard state.round.answered(probe: probe, round: round) == .heartbeat else {
        return false
      }
      state.isHeartbeatDue = true
      return true
    }
    if isDue {
      wakeUp.signal()
    }
  }
}
