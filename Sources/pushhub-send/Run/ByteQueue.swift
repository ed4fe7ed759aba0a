/// Bytes that come in at one end and leave at the other, in one stretch of memory.
struct ByteQueue {
  private var storage: [UInt8] = []
  private var start = 0

  var count: Int { storage.count - start }
  var isEmpty: Bool { count == 0 }
  var bytes: ArraySlice<UInt8> { storage[start...] }

  mutating func append(_ bytes: some Collection<UInt8>) { storage += bytes }

  /// Forgets the first bytes. What they used is given back once it is more than what remains, so that the cost per byte
  /// is constant and the memory stays within twice the longest that the queue was.
  mutating func removeFirst(_ count: Int) {
    start += count
    guard start >= storage.count - start else { return }
    storage.removeSubrange(..<start)
    start = 0
  }
  mutating func removeSubrange(_ first: Int, count: Int) {
    if first == 0 { return removeFirst(count) }
    storage.removeSubrange(start + first..<start + first + count)
  }
}
