import Glibc

/// The machine's clocks.
package enum Clock {
  /// Milliseconds since 1970.
  package static var wall: Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000 }
  /// Nanoseconds since some time in the past; never set back.
  package static var monotonic: Int64 { nanoseconds(CLOCK_MONOTONIC) }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
