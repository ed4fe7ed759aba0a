import Glibc

/// How many descriptors the process may hold (RLIMIT_NOFILE, getrlimit(2)).
enum DescriptorLimit {
  /// What is not for streams: listening sockets, epoll sets, publishers, requests under way.
  static let reserve = 512

  /// Raises the soft limit to the hard one, and returns what holds then.
  static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    let soft = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    return Int(clamping: isRaised ? limit.rlim_max : soft)
  }

  /// Fewer than these, and the hub cannot even begin.
  static func minimum(threads: Int) -> Int { 32 + 6 * threads }

  /// How many streams fit into so many descriptors.
  static func maxConnections(descriptors: Int) -> Int { max(descriptors / 2, descriptors - reserve) }
}
