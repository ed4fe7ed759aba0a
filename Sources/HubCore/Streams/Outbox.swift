import DequeModule

/// What waits to be written to one connection, in order: shared frames and how far the first of them was written.
///
/// A value that keeps the books; whoever owns the socket writes. A connection has one only while something waits.
///
/// Of the events that replace or take back one value at most two wait: the oldest, and the newest, which stands in for
/// those between. So each value comes through whenever the queue drains, ids stay in order, and the newest is the last.
package struct Outbox {
  /// Where the events of one value wait, as numbers of places that are never used again.
  private struct Waiting {
    var oldest: Int
    var newest: Int
  }

  package let form: WireForm
  /// Bytes not written yet.
  package private(set) var bytes = 0
  /// The sequence of the newest event that was written in whole; 0 for none.
  package private(set) var lastFinished: UInt64 = 0
  /// Nil where a newer value has taken the place of an event: never at the front.
  private var frames: Deque<Frame?> = []
  private var offset = 0
  /// The number of the place of the first of them.
  private var firstPlace = 0
  private var emptyPlaces = 0
  private var values: [ValueKey: Waiting] = [:]
  /// So many frames at the front are of a replay: nobody queued them to this connection when they were published.
  private var replayedAhead = 0

  package init(form: WireForm) { self.form = form }

  package var isEmpty: Bool { frames.isEmpty }

  /// How many published events wait.
  package var eventCount: Int { frames.reduce(0) { $0 + ($1?.eventCount ?? 0) } }

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
    for case let frame? in other.frames {
      conflate(for: frame)
      _ = enqueue(frame, written: 0)  // it is counted already
    }
  }

  private mutating func enqueue(_ frame: Frame, written: Int) -> Bool {
    let size = frame.wireSize(as: form)
    guard written < size else { return false }
    precondition(written == 0 || frames.isEmpty, "only the first frame can be written in part")
    if frames.isEmpty { offset = written }
    if let key = frame.value {
      let place = firstPlace + frames.count
      values[key, default: Waiting(oldest: place, newest: place)].newest = place
    }
    frames.append(frame)
    bytes += size - written
    return true
  }

  /// Whether an event of this value waits.
  package func holds(_ frame: Frame) -> Bool { frame.value.map { values[$0] != nil } ?? false }

  /// Makes place for an event of a value that is about to be appended: where two wait already, the newer is let go.
  ///
  /// - Parameter olderWaits: another queue, which goes before this one, holds an event of the value.
  /// - Returns: whether one was.
  @discardableResult
  package mutating func conflate(for frame: Frame, olderWaits: Bool = false) -> Bool {
    guard let key = frame.value, let waiting = values[key], olderWaits || waiting.oldest < waiting.newest else {
      return false
    }
    let index = waiting.newest - firstPlace
    guard let between = frames[index] else { preconditionFailure("a value's newest event waits") }
    between.conflated()
    bytes -= between.wireSize(as: form)
    frames[index] = nil
    emptyPlaces += 1
    values[key] = waiting.oldest < waiting.newest ? Waiting(oldest: waiting.oldest, newest: waiting.oldest) : nil
    if emptyPlaces > 32, emptyPlaces > frames.count / 2 { closeUp() }
    return true
  }

  /// Takes the empty places out.
  private mutating func closeUp() {
    let waiting = frames.compactMap(\.self)
    frames = []
    firstPlace = 0
    emptyPlaces = 0
    values = [:]
    let (bytes, offset) = (bytes, offset)
    for frame in waiting { _ = enqueue(frame, written: 0) }
    (self.bytes, self.offset) = (bytes, offset)
  }

  /// Forgets all but the frame that was begun, so that the stream still ends on an event's boundary.
  package mutating func dropUnbegun(_ loss: Loss) {
    guard let first = frames.first ?? nil, offset > 0 else { return dropAll(loss) }
    drop(1..., loss)
    frames = [first]
    emptyPlaces = 0
    values = first.value.map { [$0: Waiting(oldest: firstPlace, newest: firstPlace)] } ?? [:]
    replayedAhead = min(replayedAhead, 1)
    bytes = first.wireSize(as: form) - offset
  }

  /// Forgets everything.
  package mutating func dropAll(_ loss: Loss) {
    drop(0..., loss)
    frames = []
    emptyPlaces = 0
    values = [:]
    replayedAhead = 0
    offset = 0
    bytes = 0
  }

  private func drop(_ range: PartialRangeFrom<Int>, _ loss: Loss) {
    for frame in frames[max(range.lowerBound, replayedAhead)...] { frame?.dropped(loss) }
  }

  /// Calls `body` with the bytes to write next, front first, of at most so many frames.
  package func forEachPart(atMost count: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    var skipped = offset
    for case let frame? in frames.prefix(count) {
      // `skipped` is less than the frame's size, or `wrote` had taken the frame out.
      frame.withWireBytes(as: form) { body(UnsafeRawBufferPointer(rebasing: $0[skipped...])) }
      skipped = 0
    }
  }

  /// Takes note that so many bytes were written.
  package mutating func wrote(_ count: Int) {
    bytes -= count
    offset += count
    while let first = frames.first {
      guard let first else {
        removeFirst()
        emptyPlaces -= 1
        continue
      }
      let size = first.wireSize(as: form)
      guard offset >= size else { return }
      offset -= size
      forgetFirst(of: first.value)
      removeFirst()
      finished(first)
    }
  }

  private mutating func removeFirst() {
    frames.removeFirst()
    firstPlace += 1
  }

  private mutating func forgetFirst(of value: ValueKey?) {
    guard let value, let waiting = values[value] else { return }
    values[value] = waiting.newest == firstPlace ? nil : Waiting(oldest: waiting.newest, newest: waiting.newest)
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
