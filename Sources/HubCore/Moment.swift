/// A point in time as both clocks tell it; HubCore reads none.
///
/// Expiry of tokens and time stamps go by the wall clock, which may be set; ages, time-outs and idempotency go by the
/// monotonic one, which may not.
package struct Moment: Sendable, Hashable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package var wall: Int64
  /// Milliseconds since some fixed point before the process began.
  package var monotonic: Int64
  /// The same in nanoseconds, for measuring how long something takes.
  package var nanoseconds: Int64

  package init(wall: Int64, monotonic: Int64) {
    self.wall = wall
    self.monotonic = monotonic
    nanoseconds = monotonic &* 1_000_000
  }

  package init(wall: Int64, nanoseconds: Int64) {
    self.wall = wall
    self.nanoseconds = nanoseconds
    monotonic = nanoseconds / 1_000_000
  }

  /// This moment, a number of milliseconds later on both clocks.
  package func advanced(by milliseconds: Int64) -> Moment {
    Moment(wall: wall + milliseconds, nanoseconds: nanoseconds &+ milliseconds &* 1_000_000)
  }
}
