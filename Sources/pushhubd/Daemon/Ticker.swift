import Dispatch
import HubCore
import Runtime

/// Drives what the course of time asks of the hub: heartbeats in slices, the search for what has expired, the question to
/// every loop how long it takes to answer, and the look whether publishers still find their socket and the state can be read.
///
/// On a thread of its own: a sleeping task would wake three.
final class Ticker: Sendable {
  private static let maxInterval: Int64 = 500
  private static let minInterval: Int64 = 20

  private let end = DispatchSemaphore(value: 0)

  init(_ hub: Hub) throws(SystemCallError) {
    let heartbeat = hub.rules.settings.stream.heartbeatInterval
    let interval = min(Self.maxInterval, max(Self.minInterval, heartbeat / 4))
    let slices = max(1, Int(heartbeat / interval))
    try LoopThread.start(named: "ticker") { [end] in
      var next = DispatchTime.now()
      var nextProbe: Int64 = 0
      var nextLook: Int64 = 0
      repeat {
        let now = SystemClock.now()
        if heartbeat > 0 { hub.manager.checkHeartbeats(slices: slices, now: now) }
        hub.manager.cleanupInactiveConnections(now: now)
        if now.monotonic >= nextProbe {
          hub.lag.ask(now: now.nanoseconds)
          nextProbe = now.monotonic + LoopLag.interval
        }
        if now.monotonic >= nextLook {
          hub.checkPublishSocket(now: now.monotonic)
          hub.checkState()
          nextLook = now.monotonic + PublishSocketWatch.interval
        }
        next = max(next + .milliseconds(Int(interval)), .now())
      } while end.wait(timeout: next) == .timedOut
    }
  }

  func stop() { end.signal() }
}
