import Glibc
import HubCore

/// The machine's clocks.
enum SystemClock {
  @Sendable static func now() -> Moment {
    Moment(wall: nanoseconds(CLOCK_REALTIME) / 1_000_000, nanoseconds: nanoseconds(CLOCK_MONOTONIC))
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
