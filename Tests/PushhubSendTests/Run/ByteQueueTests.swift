import Testing

@testable import pushhub_send

@Test func aQueueKeepsOrderAndGivesMemoryBack() {
  var queue = ByteQueue()
  var taken: [UInt8] = []
  for round in 0..<1_000 {
    queue.append([UInt8(truncatingIfNeeded: round), 1, 2])
    let count = min(queue.count, round % 5)
    taken += queue.bytes.prefix(count)
    queue.removeFirst(count)
    #expect(queue.bytes.startIndex <= queue.count + 5)
  }
  taken += queue.bytes
  #expect(taken == (0..<1_000).flatMap { [UInt8(truncatingIfNeeded: $0), 1, 2] })
}
