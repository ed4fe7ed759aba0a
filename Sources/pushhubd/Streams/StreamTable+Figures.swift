import HubCore

/// What the table tells of itself, and of events that did not get where they should.
extension StreamTable {
  var figures: ShardFigures { meter.figures }

  /// Reads the clock for what was written since it was read last.
  func settleLatency() {
    if meter.isTiming { meter.settle(now: SystemClock.now().nanoseconds) }
  }

  /// Whether a stream takes events and has been written all there was.
  func isIdle(_ index: Int) -> Bool { slots[index].phase == .live && slots[index].backlog == nil }

  func countQueue(at index: Int) {
    guard let backlog = slots[index].backlog, !backlog.isEmpty else { return }
    meter.figures.queuedConnections += 1
    meter.figures.queuedBytes += backlog.bytes
  }

  /// A stream's end, as the events that it misses tell it.
  func loss(_ index: Int, _ reason: CloseReason) -> Loss {
    Loss(connection: notes[index].connection, reason: reason)
  }

  /// An event that came for a stream that takes none any more. It is missed if it was published before the stream left
  /// the books; else it is only a broadcast on its way past.
  func missed(_ frame: Frame, at index: Int) {
    guard let backlog = slots[index].backlog, frame.sequence <= backlog.lastQueued else { return }
    frame.missed(loss(index, notes[index].reason))
  }

  /// A frame for one stream that is gone.
  func missed(_ frame: Frame, by stream: StreamRef) {
    let index = place(of: stream)
    let isKnown = index < slots.count && slots[index].generation == stream.generation
    if isKnown { frame.missed(loss(index, notes[index].reason)) }
  }

  /// What waits will not be written any more. A stream that was ending already has had its reason.
  func dropQueue(at index: Int, _ reason: CloseReason) {
    if slots[index].phase != .ending { notes[index].reason = reason }
    guard let backlog = slots[index].backlog else { return }
    backlog.outbox.dropAll(loss(index, notes[index].reason))
    backlog.live.dropAll(loss(index, notes[index].reason))
  }
}
