import Glibc

/// How many descriptors the process may hold (RLIMIT_NOFILE, getrlimit(2)).
enum DescriptorLimit {
  /// What is not for streams: listening sockets, epoll sets, publishers, requests under way.
  static let reserve = 512
  /// Of that, what streams do not take even where `limits.connections` allows more of them than fit.
  static let lastReserve = 16

  /// Raises the soft limit to the hard one, and returns what holds then.
  static func raise() -> Int {
    var limit = current()
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)  // where it is refused, the soft one holds
    return Int(clamping: current().rlim_cur)
  }

  /// Fewer than these, and the hub cannot even begin.
  static func minimum(threads: Int) -> Int { 32 + 8 * threads }

  /// How many streams fit into so many descriptors.
  static func maxConnections(descriptors: Int) -> Int { max(descriptors / 2, descriptors - reserve) }

  /// How many other HTTP connections there may be beside so many streams: a quarter as many, and at least 1,024, but never
  /// so many that publishers could not get in.
  static func maxHTTPConnections(streams: Int) -> Int {
    min(max(streams / 4, 1024), Int(clamping: current().rlim_cur) / 4)
  }

  /// The descriptors from this one on are not for streams. The kernel always gives the lowest that is free.
  static var endOfStreams: CInt { CInt(clamping: Int(clamping: current().rlim_cur) - lastReserve) }

  private static func current() -> rlimit {
    var limit = rlimit(rlim_cur: 1024, rlim_max: 1024)
    _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)  // it cannot fail with these arguments
    return limit
  }
}
