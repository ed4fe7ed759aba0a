import Glibc

/// A point of the monotonic clock.
struct Deadline: Comparable {
  private let nanoseconds: Int64

  init(after timeout: Timeout) { nanoseconds = Self.now() + Int64(timeout.milliseconds) * 1_000_000 }

  /// Whole milliseconds that are left, rounded up; 0 once it has passed.
  var remainingMilliseconds: Int32 {
    Int32(clamping: max(0, (nanoseconds - Self.now() + 999_999) / 1_000_000))
  }

  static func < (one: Deadline, other: Deadline) -> Bool { one.nanoseconds < other.nanoseconds }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
