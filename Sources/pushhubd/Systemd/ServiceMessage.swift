/// One thing that a service tells systemd, as sd_notify(3) writes it.
enum ServiceMessage: Equatable, Sendable {
  /// Start is complete, or a reload is.
  case ready
  /// The line that `systemctl status` shows. Control characters, a line break among them, become blanks.
  case status(String)
  /// A reload has begun, with the monotonic clock's microseconds at that time, which Type=notify-reload asks for.
  case reloading(monotonicMicroseconds: UInt64)
  case stopping
  /// Start, reload or stop need that much longer from now on.
  case extendTimeout(Duration)
  /// The errno of what made the service fail.
  case failure(errno: Int32)
  /// The service is alive.
  case watchdog

  /// Whether a newer one says all that an older one did.
  var isRepeatable: Bool {
    switch self {
    case .status, .watchdog: true
    case .ready, .reloading, .stopping, .extendTimeout, .failure: false
    }
  }

  /// The assignments of this message, without a line break at the end.
  var text: String {
    switch self {
    case .ready: "READY=1"
    case .status(let status): "STATUS=\(blankingControls(status))"
    case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
    case .stopping: "STOPPING=1"
    case .extendTimeout(let duration): "EXTEND_TIMEOUT_USEC=\(max(0, duration.wholeMicroseconds))"
    case .failure(let errno): "ERRNO=\(errno)"
    case .watchdog: "WATCHDOG=1"
    }
  }
}

extension Duration {
  /// Whole microseconds, at most what fits.
  var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else {
      return seconds < 0 ? .min : .max
    }
    let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    return carried ? .max : sum
  }
}
