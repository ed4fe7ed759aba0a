import DequeModule

/// What waits to be written to one connection, in order: shared frames and how far the first of them was written.
///
/// A value that keeps the books; whoever owns the socket writes. A connection has one only while something waits.
package struct Outbox {
  package let isChunked: Bool
  /// Bytes not written yet.
  package private(set) var bytes = 0
  private var frames: Deque<Frame> = []
  private var offset = 0

  package init(isChunked: Bool) { self.isChunked = isChunked }

  package var isEmpty: Bool { frames.isEmpty }

  /// Queues a frame whose first `written` bytes are out already.
  package mutating func append(_ frame: Frame, written: Int = 0) {
    let size = frame.wireSize(isChunked: isChunked)
    guard written < size else { return }
    precondition(written == 0 || frames.isEmpty, "only the first frame can be written in part")
    if frames.isEmpty { offset = written }
    frames.append(frame)
    bytes += size - written
  }

  package mutating func append(contentsOf other: Outbox) {
    for frame in other.frames { append(frame) }
  }

  /// Forgets all but the frame that was begun, so that the stream still ends on an event's boundary.
  package mutating func dropUnbegun() {
    guard let first = frames.first, offset > 0 else {
      frames = []
      bytes = 0
      return
    }
    frames = [first]
    bytes = first.wireSize(isChunked: isChunked) - offset
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
    }
  }
}
