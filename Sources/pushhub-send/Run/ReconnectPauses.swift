/// How long to wait before each attempt to reach a lost hub again: the first is made at once, as whoever keeps the socket
/// through a restart lets it wait there; then the pauses double.
struct ReconnectPauses {
  static let firstMilliseconds = 20
  static let maxMilliseconds = 1_000

  private var milliseconds = 0

  /// The pause before the next attempt.
  mutating func next() -> Int {
    defer { milliseconds = min(Self.maxMilliseconds, max(Self.firstMilliseconds, milliseconds * 2)) }
    return milliseconds
  }

  /// The hub is back.
  mutating func reset() { milliseconds = 0 }
}
