import DequeModule

/// What waits to be written to one connection, in order: shared frames and how far the first of them was written.
///
/// A value that keeps the books; whoever owns the socket writes. A connection has one only while something waits.
package struct Outbox {
  package let isChunked: Bool
  /// Bytes not written yet.
  package private(set) var bytes = 0
  /// The sequence of the newest event that was written in whole; 0 for none.
  package private(set) var lastFinished: UInt64 = 0
  private var frames: Deque<Frame> = []
  private var offset = 0
  /// So many frames at the front are of a replay: nobody queued them to this connection when they were published.
  private var replayedAhead = 0

  package init(isChunked: Bool) { self.isChunked = isChunked }

  package var isEmpty: Bool { frames.isEmpty }

  /// How many published events wait.
  package var eventCount: Int { frames.reduce(0) { $0 + $1.eventCount } }

  /// Queues a frame whose first `written` bytes are out already.
  package mutating func append(_ frame: Frame, written: Int = 0) {
    if enqueue(frame, written: written) { frame.queued() }
  }

  /// Queues a frame of a replay; only others of that replay may be before it.
  package mutating func appendReplayed(_ frame: Frame) {
    precondition(replayedAhead == frames.count, "a replay goes before what is live")
    if enqueue(frame, written: 0) { replayedAhead += 1 }
  }

  /// Takes over what waits in another.
  package mutating func append(contentsOf other: consuming Outbox) {
    for frame in other.frames { _ = enqueue(frame, written: 0) }  // they are counted already
  }

  private mutating func enqueue(_ frame: Frame, written: Int) -> Bool {
    let size = frame.wireSize(isChunked: isChunked)
    guard written < size else { return false }
    precondition(written == 0 || frames.isEmpty, "only the first frame can be written in part")
    if frames.isEmpty { offset = written }
    frames.append(frame)
    bytes += size - written
    return true
  }

  /// Forgets all but the frame that was begun, so that the stream still ends on an event's boundary.
  package mutating func dropUnbegun(_ loss: Loss) {
    guard let first = frames.first, offset > 0 else { return dropAll(loss) }
    drop(1..., loss)
    frames = [first]
    replayedAhead = min(replayedAhead, 1)
    bytes = first.wireSize(isChunked: isChunked) - offset
  }

  /// Forgets everything.
  package mutating func dropAll(_ loss: Loss) {
    drop(0..., loss)
    frames = []
    replayedAhead = 0
    offset = 0
    bytes = 0
  }

  private func drop(_ range: PartialRangeFrom<Int>, _ loss: Loss) {
    for frame in frames[max(range.lowerBound, replayedAhead)...] { frame.dropped(loss) }
  }

  /// Calls `body` with the bytes to write next, front first, of at most so many frames.
  package func forEachPart(atMost count: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    var skipped = offset
    for frame in frames.prefix(count) {
      // `skipped` is less than the frame's size, or `wrote` had taken the frame out.
      frame.withWireBytes(isChunked: isChunked) { body(UnsafeRawBufferPointer(rebasing: $0[skipped...])) }
      skipped = 0
    }
  }

  /// Takes note that so many bytes were written.
  package mutating func wrote(_ count: Int) {
    bytes -= count
    offset += count
    while let first = frames.first {
      let size = first.wireSize(isChunked: isChunked)
      guard offset >= size else { return }
      offset -= size
      frames.removeFirst()
      finished(first)
    }
  }

  private mutating func finished(_ frame: Frame) {
    if frame.sequence > 0 { lastFinished = frame.sequence }
    if replayedAhead > 0 {
      replayedAhead -= 1
      frame.replayed()
    } else {
      frame.finished()
    }
  }
}
