import HubCore
import Runtime

/// The machine's clocks, as HubCore takes the time.
enum SystemClock {
  static func now() -> Moment { Moment(wall: Clock.wall, nanoseconds: Clock.monotonic) }
}
