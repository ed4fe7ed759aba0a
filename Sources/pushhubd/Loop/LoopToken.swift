/// What a descriptor in a shard's epoll set belongs to, in the two topmost bits of its token.
enum LoopToken {
  static let stream: UInt64 = 0
  static let publisher: UInt64 = 1 << 62
  static let listener: UInt64 = 2 << 62
  static let kindMask: UInt64 = 3 << 62
}
