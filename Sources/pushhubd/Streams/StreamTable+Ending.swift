import Glibc
import HubCore

/// The ways in which a stream ends, and how its place becomes free.
extension StreamTable {
  func checkExpiry(_ index: Int) {
    let left = slots[index].tokenExpiresAt.subtractingReportingOverflow(now.wall)
    guard !left.overflow, left.partialValue <= Self.expiryWarningTime else { return }
    if left.partialValue <= -settings.auth.leeway {
      depart(index, .tokenExpired)
      finish(index, because: .tokenExpired, with: SystemEvents.close(.tokenExpired))
    } else if !slots[index].wasWarned {
      slots[index].wasWarned = true
      queue(SystemEvents.tokenExpiring(at: slots[index].tokenExpiresAt), at: index)
    }
  }

  func patience(with slot: Slot) -> Int64 {
    slot.phase == .ending ? Self.lingerTime : settings.stream.connectionTimeout
  }

  /// The peer is gone or hopeless; nothing more is written.
  func end(_ index: Int, _ reason: CloseReason) {
    let departure = manager.streamEnded(reference(to: index), reason: reason, now: now)
    dropQueue(at: index, reason)
    release(index, isAborted: reason == .timeout)
    // Told last: who reads it in the log finds the place free.
    if let departure { hub.happened(.streamClosed(departure)) }
  }

  func closeSlowConsumer(_ index: Int) {
    depart(index, .slowConsumer)
    slots[index].backlog?.outbox.dropUnbegun(loss(index, .slowConsumer))
    finish(index, because: .slowConsumer, with: SystemEvents.close(.slowConsumer))
  }

  /// Writes the last frame after what waits. Where a replay is not over, what came after it must not be seen.
  func finish(_ index: Int, because reason: CloseReason, with frame: Frame) {
    notes[index].reason = reason
    let backlog = slots[index].backlog ?? Backlog(form: slots[index].form, now: now.monotonic)
    backlog.replay = nil
    backlog.live.dropAll(loss(index, reason))
    backlog.outbox.append(frame)
    if slots[index].form == .chunked { backlog.outbox.append(.lastChunk) }
    backlog.lastProgress = now.monotonic
    slots[index].backlog = backlog
    slots[index].phase = .ending
    slots[index].updateIdleDescriptor()
    flush(index)
  }

  func depart(_ index: Int, _ reason: CloseReason) {
    guard let departure = manager.streamEnded(reference(to: index), reason: reason, now: now) else { return }
    slots[index].backlog?.lastQueued = departure.lastQueued
    hub.happened(.streamClosed(departure))
  }

  func release(_ index: Int, isAborted: Bool = false) {
    let stream = reference(to: index)
    StreamSocket.close(slots[index].descriptor, isAborted: isAborted)
    slots[index] = Slot(generation: slots[index].generation)
    count -= 1
    if count == 0 { (meter.figures.queuedConnections, meter.figures.queuedBytes) = (0, 0) }
    shard.removeConnection()
    manager.release(stream)
  }

  func endReason(of descriptor: CInt) -> CloseReason {
    var number: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    let result = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
    return result == 0 && number == ETIMEDOUT ? .timeout : .clientClosed
  }
}
