/// What a descriptor in a shard's epoll set belongs to, in the three topmost bits of its token.
enum LoopToken {
  static let stream: UInt64 = 0
  static let publisher: UInt64 = 1 << 61
  static let publisherListener: UInt64 = 2 << 61
  static let http: UInt64 = 3 << 61
  /// The lowest bits tell which one.
  static let httpListener: UInt64 = 4 << 61
  static let kindMask: UInt64 = 7 << 61
}
