internal import CSystemd
internal import Glibc

/// Tells systemd how the service is. Does nothing where no service manager listens (`$NOTIFY_SOCKET`).
///
/// A message waits for room in systemd's socket, so it is no business of an event loop: call it while starting and
/// stopping, and leave the regular messages to ``ServiceSupervisor``.
struct ServiceNotifier: Sendable {
  /// Whether a service manager listens.
  let isActive: Bool

  init() {
    isActive = getenv("NOTIFY_SOCKET") != nil
  }

  /// Sends the messages together, so that systemd sees them at once.
  func send(_ messages: ServiceMessage...) {
    guard isActive else {
      return
    }
    // A failure has no remedy here: systemd is restarting, and asks by its timeouts if it misses something.
    _ = sd_notify(0, messages.map(\.text).joined(separator: "\n"))
  }

  /// A reload begins: from now to ``ServiceMessage/ready`` `systemctl reload` waits.
  func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    send(.reloading(monotonicMicroseconds: UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000))
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
