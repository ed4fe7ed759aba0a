import Glibc
import HubCore
import Runtime

/// What waits for a stream, and how it gets out.
extension StreamTable {
  /// Queues a frame behind what waits, or writes it where nothing does.
  func queue(_ frame: Frame, at index: Int) {
    guard slots[index].phase == .live else { return missed(frame, at: index) }
    guard let backlog = slots[index].backlog else {
      append(frame, written: 0, at: index)
      return flush(index)
    }
    if backlog.conflate(for: frame) { meter.figures.conflated &+= 1 }
    let waiting = backlog.replay == nil ? backlog.outbox.bytes : backlog.live.bytes
    let size = frame.wireSize(as: slots[index].form)
    if waiting > 0, waiting + size > settings.stream.maxQueuedBytes {
      frame.missed(loss(index, .slowConsumer))
      return closeSlowConsumer(index)
    }
    backlog.append(frame)
    count(frame, behind: backlog, at: index)
  }

  /// The socket took only the first `written` bytes of a frame.
  func append(_ frame: Frame, written: Int, at index: Int) {
    let backlog = Backlog(form: slots[index].form, now: now.monotonic)
    backlog.outbox.append(frame, written: written)
    meter.figures.bytesSent &+= UInt64(written)
    notes[index].queueBegan(lastBroadcast: lastBroadcast)
    slots[index].backlog = backlog
    slots[index].updateIdleDescriptor()
    count(frame, behind: backlog, at: index)
  }

  /// Asks to be told when the socket takes more; told at once where it does already.
  func awaitWritable(_ index: Int) {
    do throws(SystemCallError) {
      try poller.modify(
        slots[index].descriptor, token: token(of: index), for: [.readable, .writable, .peerClosed])
    } catch {
      end(index, .timeout)
    }
  }

  /// Asks to be told of what is to be read once more, when others have had their turn.
  func awaitMore(_ index: Int) {
    do throws(SystemCallError) {
      try poller.modify(
        slots[index].descriptor, token: token(of: index),
        for: slots[index].backlog == nil ? [.readable, .peerClosed] : [.readable, .writable, .peerClosed])
    } catch {
      end(index, .timeout)
    }
  }

  /// A write failed for good.
  func fail(_ index: Int, error number: CInt) {
    end(index, number == ETIMEDOUT ? .timeout : .clientClosed)
  }

  private static let maxWritesAtOnce = 16

  /// Writes what waits until the socket is full or nothing is left.
  func flush(_ index: Int) {
    guard let backlog = slots[index].backlog else { return }
    for _ in 0..<Self.maxWritesAtOnce {
      guard refill(index, backlog) else { return closeSlowConsumer(index) }
      if backlog.outbox.isEmpty { return flushed(index) }
      switch StreamSocket.write(slots[index].descriptor, backlog.outbox) {
      case .wrote(let bytes):
        backlog.outbox.wrote(bytes)
        meter.figures.bytesSent &+= UInt64(bytes)
        backlog.lastProgress = now.monotonic
        slots[index].lastWrite = now.wall
      case .full: return awaitWritable(index)
      case .failed(let number): return fail(index, error: number)
      }
    }
    awaitWritable(index)  // the others' turn; this one comes back at once
  }

  /// Fetches what the replay owes next, and after it what came meanwhile. Returns false where history has lost it.
  private func refill(_ index: Int, _ backlog: Backlog) -> Bool {
    while backlog.outbox.isEmpty, let cursor = backlog.replay {
      let batch = manager.nextReplayBatch(cursor, now: now)
      if batch.isTorn { return false }
      for frame in batch.frames {
        backlog.outbox.appendReplayed(frame)
        slots[index].eventsSent &+= UInt32(truncatingIfNeeded: frame.eventCount)
      }
      meter.count(replayed: batch.frames)
      backlog.replay = batch.next
      if batch.next == nil {
        backlog.outbox.append(contentsOf: backlog.live)
        backlog.live = Outbox(form: slots[index].form)
      }
    }
    return true
  }

  private func flushed(_ index: Int) {
    if slots[index].phase == .ending { return release(index) }
    if let backlog = slots[index].backlog {
      notes[index].queueEnded(lastFinished: backlog.outbox.lastFinished, lastBroadcast: lastBroadcast)
    }
    slots[index].backlog = nil
    slots[index].updateIdleDescriptor()
  }

  private func count(_ frame: Frame, behind backlog: Backlog, at index: Int) {
    slots[index].eventsSent &+= UInt32(truncatingIfNeeded: frame.eventCount)
    meter.count(frame, queuedBehind: backlog.bytes)
  }
}
