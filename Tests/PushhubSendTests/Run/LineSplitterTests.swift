import Testing

@testable import pushhub_send

private func lines(_ text: String, pieces: Int, maxLineBytes: Int = 8) -> [LineSplitter.Line] {
  var splitter = LineSplitter(maxLineBytes: maxLineBytes)
  var lines: [LineSplitter.Line] = []
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    splitter.append(rest.prefix(pieces))
    rest = rest.dropFirst(pieces)
    while let line = splitter.next() { lines.append(line) }
  }
  splitter.end()
  while let line = splitter.next() { lines.append(line) }
  return lines
}

private func complete(_ text: String) -> LineSplitter.Line { .complete(Array(text.utf8)) }

@Test(arguments: [
  ("", []),
  ("a\n", [complete("a")]),
  ("a\r\n\nb", [complete("a"), complete(""), complete("b")]),
  ("a\rb\n", [complete("a\rb")]),
  ("12345678\n123456789\n1", [complete("12345678"), .tooLong, complete("1")]),
  ("1234567890123456789012345", [.tooLong]),
  ("123456789\n", [.tooLong]),
])
func linesAreTheSameHoweverTheyArrive(text: String, expected: [LineSplitter.Line]) {
  for pieces in 1...max(1, text.utf8.count) { #expect(lines(text, pieces: pieces) == expected, "\(pieces) at a time") }
}

@Test func endingBeforeTheLinesAreTakenAddsNone() {
  var splitter = LineSplitter(maxLineBytes: 8)
  splitter.append(Array("a\nb\n".utf8))
  splitter.end()
  #expect([splitter.next(), splitter.next(), splitter.next()] == [complete("a"), complete("b"), nil])
}

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
