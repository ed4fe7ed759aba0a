import Glibc
import HubCore
import Runtime

extension StreamTable {
  /// The most bytes of waiting frames that are joined into one write per connection.
  var maxJoinedBytes: Int { min(64 << 10, settings.stream.maxQueuedBytes) }

  /// Writes the same bytes to every stream: one send(2) where nothing waits, and no allocation, no reference counting
  /// and no lookup. Whatever needs more than that is put aside, and is dealt with when the others have been served.
  func broadcast(_ frame: Frame) {
    var deferred: [Deferred] = []
    let wall = now.wall
    let flags = SocketFlags.send
    let eventCount = UInt32(truncatingIfNeeded: frame.eventCount)
    var served = 0
    // Both stay where they are until the closures return: nothing in the loop changes the table, and `send` reads no more
    // than `bytes` and keeps no pointer.
    frame.withUnsafeBytes { bytes in
      slots.withUnsafeMutableBufferPointer { slots in
        for index in slots.indices {
          let descriptor = slots[index].idleDescriptor
          guard descriptor >= 0 else {
            if slots[index].phase != .free { deferred.append(Deferred(index: index, cause: .waits)) }
            continue
          }
          let sent = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
          guard sent == bytes.count else {
            deferred.append(Deferred(index: index, cause: sent < 0 ? .failed(errno) : .partial(sent)))
            continue
          }
          slots[index].eventsSent &+= eventCount
          slots[index].lastWrite = wall
          served &+= 1
        }
      }
    }
    meter.count(frame, writtenTo: served)
    var inTime = served
    for stream in deferred {
      take(stream, frame)
      if isIdle(stream.index) { inTime += 1 }
    }
    if meter.time(frame, writes: inTime) { settleLatency() }
    frame.performed(written: served)
    lastBroadcast = max(lastBroadcast, frame.sequence)
  }

  /// Writes to those of the streams that are this shard's.
  func multicast(_ frame: Frame, to streams: [StreamRef]) {
    var served = 0
    var inTime = 0
    for stream in streams where stream.shard == shardIndex {
      guard let index = index(of: stream) else {
        missed(frame, by: stream)
        continue
      }
      if let deferred = write(frame, at: index) { take(deferred, frame) } else { served += 1 }
      if isIdle(index) { inTime += 1 }
    }
    meter.count(frame, writtenTo: served)
    if meter.time(frame, writes: inTime) { settleLatency() }
    frame.performed(written: served)
  }

  /// Writes to one stream.
  func send(_ frame: Frame, to stream: StreamRef) {
    guard let index = index(of: stream) else {
      frame.performed(written: 0)
      return missed(frame, by: stream)
    }
    if let deferred = write(frame, at: index) {
      take(deferred, frame)
      if isIdle(index), meter.time(frame, writes: 1) { settleLatency() }
      return frame.performed(written: 0)
    }
    if meter.countAndTime(frame) { settleLatency() }
    frame.performed(written: 1)
  }

  /// Writes to one stream where nothing waits; nil where its socket took all of it.
  @inline(__always) private func write(_ frame: Frame, at index: Int) -> Deferred? {
    let descriptor = slots[index].idleDescriptor
    guard descriptor >= 0 else { return Deferred(index: index, cause: .waits) }
    // send(2) reads no more than the buffer, and keeps no pointer.
    let sent = frame.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, SocketFlags.send) }
    guard sent == frame.count else {
      return Deferred(index: index, cause: sent < 0 ? .failed(errno) : .partial(sent))
    }
    slots[index].eventsSent &+= UInt32(truncatingIfNeeded: frame.eventCount)
    slots[index].lastWrite = now.wall
    notes[index].wrote(frame.sequence)
    return nil
  }

  /// Heartbeats go to the streams whose place falls into the slice.
  func beat(_ frame: Frame, slice: Int, of slices: Int) {
    for index in stride(from: slice, to: slots.count, by: slices) where slots[index].phase != .free {
      queue(frame, at: index)
    }
  }

  /// A stream that was not served in the loop, and why.
  struct Deferred {
    enum Cause {
      /// Something waits for it already, or it takes its events in another form.
      case waits
      case partial(Int)
      case failed(CInt)
    }

    let index: Int
    let cause: Cause
  }

  private func take(_ deferred: Deferred, _ frame: Frame) {
    switch deferred.cause {
    case .waits:
      // One by one: only whole events are counted against the queue's limit, or dropped.
      for event in frame.events { queue(event, at: deferred.index) }
    case .partial(let written):
      append(frame, written: written, at: deferred.index)
      awaitWritable(deferred.index)
    case .failed(EAGAIN), .failed(EINTR), .failed(ENOBUFS):
      append(frame, written: 0, at: deferred.index)
      awaitWritable(deferred.index)
    case .failed(let number):
      fail(deferred.index, error: number)
      frame.missed(loss(deferred.index, notes[deferred.index].reason))
    }
  }
}
