internal import CSystemd
internal import Dispatch
internal import Glibc
import Runtime
internal import Synchronization

/// Tells systemd how the service is. Does nothing where no service manager listens (`$NOTIFY_SOCKET`).
///
/// sd_notify(3) waits for room in systemd's socket, for as long as systemd is held up. So the messages are sent by a
/// thread of their own, in their order, and nobody else ever waits.
final class ServiceNotifier: Sendable {
  /// Much more than ever waits while systemd reads.
  static let maxWaiting = 64

  private struct State {
    var waiting: [String] = []
    var isStarted = false
    var isSending = false
    var whenSent: [DispatchSemaphore] = []
  }

  /// Whether a service manager listens.
  let isActive: Bool
  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  init() {
    isActive = getenv("NOTIFY_SOCKET") != nil
  }

  /// Sends the messages together, so that systemd sees them at once. A heartbeat or a status that still waits gives way
  /// to a newer one, and nothing is sent to a systemd that has read nothing of `maxWaiting` messages.
  func send(_ messages: ServiceMessage...) {
    guard isActive else { return }
    let text = messages.map(\.text).joined(separator: "\n")
    let isRepeatable = messages.allSatisfy(\.isRepeatable)
    state.withLock { state in
      if isRepeatable, let name = text.split(separator: "=").first {
        state.waiting.removeAll { $0.hasPrefix(name + "=") && !$0.contains("\n") }
      }
      guard state.waiting.count < Self.maxWaiting else { return }
      state.waiting.append(text)
      guard !state.isStarted else { return }
      do throws(SystemCallError) {
        try LoopThread.start(named: "notify") { self.run() }
        state.isStarted = true
      } catch {
        state.waiting = []  // without a thread the hub cannot do anything else either
      }
    }
    wakeUp.signal()
  }

  /// Waits until everything is sent, or the time is over. Returns whether it is sent.
  @discardableResult
  func flush(within limit: Duration) -> Bool {
    let sent = DispatchSemaphore(value: 0)
    let isDone = state.withLock { state in
      guard !state.waiting.isEmpty || state.isSending else { return true }
      state.whenSent.append(sent)
      return false
    }
    return isDone || sent.wait(timeout: .now() + .microseconds(Int(clamping: limit.wholeMicroseconds))) == .success
  }

  private func run() {
    while true {
      while let text = next() {
        // A failure has no remedy here: systemd is restarting, and asks by its timeouts if it misses something.
        _ = sd_notify(0, text)
      }
      wakeUp.wait()
    }
  }

  private func next() -> String? {
    state.withLock { state in
      state.isSending = !state.waiting.isEmpty
      guard state.isSending else {
        for sent in state.whenSent { sent.signal() }
        state.whenSent = []
        return nil
      }
      return state.waiting.removeFirst()
    }
  }

  /// A reload begins: from now to ``ServiceMessage/ready`` `systemctl reload` waits.
  func reloading() {
    send(.reloading(monotonicMicroseconds: UInt64(Clock.monotonic / 1000)))
  }

  /// The service cannot go on: the last words in `systemctl status`, and the errno if the system gave one.
  func failed(_ reason: String, errno: Int32? = nil) {
    if let errno {
      send(.status(reason), .failure(errno: errno))
    } else {
      send(.status(reason))
    }
  }

  /// How soon systemd wants to hear from the service, or nil if it does not watch it (`WatchdogSec=`).
  var watchdogTimeout: Duration? {
    var microseconds: UInt64 = 0
    guard sd_watchdog_enabled(0, &microseconds) > 0 else {
      return nil
    }
    return .microseconds(Int64(clamping: microseconds))
  }
}
