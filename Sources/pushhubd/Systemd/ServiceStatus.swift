import HubCore

/// What the hub counts for the status line.
struct ServiceFigures: Equatable, Sendable {
  var connections: Int
  var users: Int
  /// Events accepted since the start.
  var eventsPublished: UInt64
  /// What does not work, in a few words.
  var problem: String?
}

extension ServiceFigures {
  init(of hub: Hub) {
    let counts = hub.manager.counts()
    self.init(
      connections: counts.connections, users: counts.users, eventsPublished: counts.eventsPublished,
      problem: hub.publishSocket?.problem)
  }
}

/// Makes the status line of `systemctl status` out of counts, and keeps it from being sent too often.
///
/// `1,204 connections, 388 users, 57 events/s`, and behind semicolons where the hub listens if it chose that itself, and
/// what does not work.
struct ServiceStatus {
  /// No two lines are sent closer together: systemd and its clients have other things to do.
  static let minimumInterval = Duration.seconds(3)

  /// Addresses to name, such as `http on 127.0.0.1:41234`.
  private let addresses: [String]
  private var lastLine: String?
  private var last: (time: SuspendingClock.Instant, eventsPublished: UInt64)?

  init(addresses: [String] = []) {
    self.addresses = addresses
  }

  /// The line to send now; nil if it says what the last one said, or came too soon after it.
  mutating func line(for figures: ServiceFigures, now: SuspendingClock.Instant) -> String? {
    var rate = 0.0
    if let last {
      let elapsed = last.time.duration(to: now)
      guard elapsed >= Self.minimumInterval else {
        return nil
      }
      rate = Double(figures.eventsPublished &- last.eventsPublished) / (elapsed / .seconds(1))
    }
    last = (now, figures.eventsPublished)
    let line = text(figures, eventsPerSecond: Int(clamping: UInt64(max(0, rate.rounded()))))
    guard line != lastLine else {
      return nil
    }
    lastLine = line
    return line
  }

  private func text(_ figures: ServiceFigures, eventsPerSecond: Int) -> String {
    let counts = [
      counted(figures.connections, "connection"), counted(figures.users, "user"),
      grouped(eventsPerSecond) + " events/s",
    ]
    return ([counts.joined(separator: ", ")] + addresses + [figures.problem].compactMap(\.self)).joined(separator: "; ")
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}

/// A number with a comma between each three digits: `1,204`.
func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  var position = digits.count - 3
  while position > 0 {
    digits.insert(",", at: position)
    position -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}
