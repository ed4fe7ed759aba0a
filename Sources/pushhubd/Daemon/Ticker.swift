import HubCore

/// Drives what the course of time asks of the hub: heartbeats in slices, and the search for what has expired.
struct Ticker: Sendable {
  private static let maxInterval: Int64 = 500
  private static let minInterval: Int64 = 20

  private let task: Task<Void, Never>

  init(_ hub: Hub) {
    let heartbeat = hub.rules.settings.stream.heartbeatInterval
    let interval = min(Self.maxInterval, max(Self.minInterval, heartbeat / 4))
    let slices = max(1, Int(heartbeat / interval))
    task = Task {
      var next = ContinuousClock.now
      while !Task.isCancelled {
        let now = hub.now()
        if heartbeat > 0 { hub.manager.checkHeartbeats(slices: slices, now: now) }
        hub.manager.cleanupInactiveConnections(now: now)
        next = max(next + .milliseconds(interval), .now)
        try? await Task.sleep(until: next)  // it throws only when the task is cancelled, which the loop asks itself
      }
    }
  }

  func stop() { task.cancel() }
}
