/// Makes lines of the bytes of a stream, however they were cut up on their way.
///
/// A line ends in LF; a CR right before it belongs to the end, too. A line that lies within one read is handed out where
/// it is; only what is incomplete at the end of a read is kept. Every byte is looked at once.
package struct LineReader: Sendable {
  /// What came to its end, or to its limit.
  package enum Line: ~Escapable {
    /// A line without its end, perhaps empty; only good until the closure that got it returns.
    case complete(Span<UInt8>)
    /// A line over the limit: told once, as soon as it is seen; the rest of the line is skipped.
    case tooLong
  }

  /// A line that outlives the read.
  package enum CopiedLine: Equatable, Sendable {
    case complete([UInt8])
    case tooLong

    package init(_ line: borrowing Line) {
      switch line {
      // Copied within the closure.
      case .complete(let bytes): self = .complete(bytes.withUnsafeBufferPointer { Array($0) })
      case .tooLong: self = .tooLong
      }
    }
  }

  /// Memory that a long line took is not kept for the short ones after it.
  private static let maxSpareBytes = 64 << 10

  private enum State { case inLine, skipping }

  /// The most bytes that a line may have, its end not counted.
  package let maxLineBytes: Int
  private var kept: [UInt8] = []
  private var state = State.inLine

  package init(maxLineBytes: Int) {
    self.maxLineBytes = maxLineBytes
  }

  /// Whether the stream, if it ended now, would end in the middle of a line that nothing was said about yet.
  package var hasIncompleteLine: Bool { state == .inLine && !kept.isEmpty }

  /// Takes the next bytes of the stream, and gives the lines that they complete, in their order.
  package mutating func append(_ bytes: Span<UInt8>, _ body: (borrowing Line) -> Void) {
    var start = 0
    while start < bytes.count { start = takeLine(from: start, of: bytes, body) }
  }

  /// Takes bytes of the stream up to the end of the next line, for whoever has no room for more than one; nil where they
  /// hold no line's end, and all are taken.
  package mutating func next(in bytes: inout ArraySlice<UInt8>) -> CopiedLine? {
    var line: CopiedLine?
    while line == nil, !bytes.isEmpty {
      let end = takeLine(from: 0, of: bytes.span) { line = CopiedLine($0) }
      bytes = bytes.dropFirst(end)
    }
    return line
  }

  /// Returns where the line after this one begins.
  private mutating func takeLine(
    from start: Int, of bytes: Span<UInt8>, _ body: (borrowing Line) -> Void
  ) -> Int {
    let end = bytes.index(of: UInt8(ascii: "\n"), in: start..<bytes.count)
    guard end < bytes.count else {
      keep(start..<end, of: bytes, body)
      return end
    }
    finishLine(start..<end, of: bytes, body)
    return end + 1
  }

  private mutating func finishLine(_ range: Range<Int>, of bytes: Span<UInt8>, _ body: (borrowing Line) -> Void) {
    switch state {
    case .skipping: state = .inLine
    case .inLine where kept.isEmpty: emit(bytes.extracting(range), body)
    case .inLine:
      guard kept.count + range.count <= maxLineBytes + 1 else {
        release()
        return body(.tooLong)
      }
      kept.append(range, of: bytes)
      emit(kept.span, body)
      release()
    }
  }

  private func emit(_ line: Span<UInt8>, _ body: (borrowing Line) -> Void) {
    let hasReturn = line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r")
    let line = line.extracting(droppingLast: hasReturn ? 1 : 0)
    body(line.count > maxLineBytes ? .tooLong : .complete(line))
  }

  private mutating func keep(_ range: Range<Int>, of bytes: Span<UInt8>, _ body: (borrowing Line) -> Void) {
    guard state == .inLine else { return }
    // One byte more than the limit may be the CR of the line's end.
    guard kept.count + range.count <= maxLineBytes + 1 else {
      release()
      state = .skipping
      return body(.tooLong)
    }
    kept.append(range, of: bytes)
  }

  private mutating func release() {
    kept.removeAll(keepingCapacity: kept.capacity <= Self.maxSpareBytes)
  }
}
