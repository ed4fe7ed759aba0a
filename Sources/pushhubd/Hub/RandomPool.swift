import Glibc

/// Random numbers of the kernel's, fetched many at a time, as each call costs as much as a hundred of them.
struct RandomPool {
  /// As many as getentropy(3) gives at once.
  private static let size = 32

  private var numbers: [UInt64] = []

  /// 128 random bits, of which nothing is kept.
  mutating func next() -> (UInt64, UInt64) {
    if numbers.isEmpty { refill() }
    return (numbers.removeLast(), numbers.removeLast())
  }

  private mutating func refill() {
    numbers = [UInt64](repeating: 0, count: Self.size)
    // It writes no more than it is asked for, and fails only where the kernel has no such call at all.
    guard getentropy(&numbers, Self.size * MemoryLayout<UInt64>.size) == 0 else {
      var random = SystemRandomNumberGenerator()
      numbers = (0..<Self.size).map { _ in random.next() }
      return
    }
  }
}
