import Glibc
import HubCore
import Runtime

/// The streams of one shard, in a flat table. Owned by the shard's thread, which alone calls it.
final class StreamTable {
  /// How long the last bytes of an ended stream may take, in milliseconds.
  static let lingerTime: Int64 = 5_000
  /// How long before the expiry of its token a client is warned, in milliseconds.
  static let expiryWarningTime: Int64 = 60_000

  /// What the operator set, as of the last reload.
  private(set) var settings: Settings
  var now: Moment
  var slots: ContiguousArray<Slot> = []
  /// One for each slot.
  var notes: ContiguousArray<StreamNote> = []
  /// The sequence of the newest event that went to everyone.
  var lastBroadcast: UInt64 = 0
  var meter = ShardMeter()
  /// Slots that are not free.
  var count = 0

  let hub: Hub
  let shard: Shard
  let shardIndex: Int
  var poller: Poller { shard.poller }
  var manager: SSEManager { hub.manager }

  init(_ hub: Hub, _ shard: Shard, index: Int, now: Moment) {
    self.hub = hub
    self.shard = shard
    shardIndex = index
    settings = hub.rules.settings
    self.now = now
  }

  func followRules() { settings = hub.rules.settings }

  // MARK: - The life of a stream

  /// A stream whose response has been begun: its head and first events are written. The socket, connected and
  /// non-blocking, is the table's from here on.
  func open(_ opening: StreamOpening) {
    let index = place(of: opening.stream)
    while slots.count <= index {
      slots.makeRoom()
      slots.append(Slot())
      notes.makeRoom()
      notes.append(StreamNote(opening.connection, after: lastBroadcast))
    }
    notes[index] = StreamNote(opening.connection, after: lastBroadcast)
    slots[index] = Slot(
      descriptor: opening.socket, generation: opening.stream.generation, phase: .live, form: opening.form,
      lastWrite: now.wall, tokenExpiresAt: opening.tokenExpiresAt ?? .max)
    count += 1
    if let replay = opening.replay {
      let backlog = Backlog(form: opening.form, now: now.monotonic)
      backlog.replay = replay
      slots[index].backlog = backlog
    }
    slots[index].updateIdleDescriptor()
    do throws(SystemCallError) {
      // What happened to it as an HTTP connection, and was not seen, is told again.
      try poller.set(opening.socket, token: token(of: index), for: [.readable, .peerClosed])
    } catch {
      return end(index, .timeout)
    }
    flush(index)
  }

  func renew(_ stream: StreamRef, tokenExpiresAt: Int64?) {
    guard let index = index(of: stream) else { return }
    slots[index].tokenExpiresAt = tokenExpiresAt ?? .max
    slots[index].wasWarned = false
  }

  /// The manager closed the stream: what waits for it goes out, then the frame, then the end.
  func close(_ stream: StreamRef, because reason: CloseReason, with frame: Frame) {
    guard let index = index(of: stream), slots[index].phase != .ending else { return }
    finish(index, because: reason, with: frame)
  }

  func closeAll(with frames: [Frame]) {
    for index in slots.indices where slots[index].phase == .live {
      finish(index, because: .shutdown, with: frames[index % frames.count])
    }
  }

  func isReady(_ token: UInt64, for interest: Poller.Interest) {
    let index = Int(token & 0xFFFF_FFFF)
    guard index < slots.count, slots[index].phase != .free, token == self.token(of: index) else { return }
    if !interest.isDisjoint(with: .failed) { return end(index, endReason(of: slots[index].descriptor)) }
    if interest.contains(.peerClosed) { return end(index, .clientClosed) }
    if interest.contains(.readable) {
      switch StreamSocket.discardInput(slots[index].descriptor) {
      case .none: break
      case .some: awaitMore(index)
      case .ended: return end(index, .clientClosed)
      }
    }
    if interest.contains(.writable) { flush(index) }
  }

  /// Looks at every stream once: what stalled, what expired, what will expire.
  func sweep() {
    (meter.figures.queuedConnections, meter.figures.queuedBytes) = (0, 0)
    for index in slots.indices where slots[index].phase != .free {
      countQueue(at: index)
      let isStalled = slots[index].backlog.map { now.monotonic - $0.lastProgress >= patience(with: slots[index]) }
      if isStalled == true {
        end(index, .timeout)
      } else if slots[index].phase != .ending {
        checkExpiry(index)
      }
    }
  }

  /// What the shard knows of a stream, for `ConnectionStatus`.
  func report(on stream: StreamRef) -> StreamReport? {
    guard let index = index(of: stream) else { return nil }
    let backlog = slots[index].backlog
    let lastWritten =
      backlog.map { notes[index].lastWritten(lastFinished: $0.outbox.lastFinished) }
      ?? notes[index].lastWritten(lastBroadcast: lastBroadcast)
    return StreamReport(
      lastWrite: slots[index].lastWrite, eventsSent: UInt64(slots[index].eventsSent), bytesQueued: backlog?.bytes ?? 0,
      eventsQueued: backlog?.events ?? 0, lastWritten: lastWritten)
  }

  func takeDelivered() -> UInt64 { meter.takeDelivered() }

  // MARK: - Places

  /// The place of a registered stream, or nil if it was given to another or freed.
  func index(of stream: StreamRef) -> Int? {
    let index = place(of: stream)
    guard index < slots.count, slots[index].phase != .free, slots[index].generation == stream.generation else {
      return nil
    }
    return index
  }

  func place(of stream: StreamRef) -> Int { stream.place }

  func reference(to index: Int) -> StreamRef {
    StreamRef(shard: shardIndex, place: index, generation: slots[index].generation)
  }

  func token(of index: Int) -> UInt64 {
    LoopToken.stream | UInt64(slots[index].generation & 0x1FFF_FFFF) << 32 | UInt64(UInt32(index))
  }
}
