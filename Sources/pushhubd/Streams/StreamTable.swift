import Glibc
import HubCore

/// The streams of one shard, in a flat table. Owned by the shard's thread, which alone calls it.
final class StreamTable {
  /// What an operator may set.
  struct Limits: Sendable, Equatable {
    var maxQueuedBytes = 1 << 20
    /// Milliseconds.
    var connectionTimeout: Int64 = 120_000
    /// By how many milliseconds a stream outlives its token's expiry, as clocks differ.
    var tokenLeeway: Int64 = 0
  }

  /// How long the last bytes of an ended stream may take, in milliseconds.
  static let lingerTime: Int64 = 5_000
  /// How long before the expiry of its token a client is warned, in milliseconds.
  static let expiryWarningTime: Int64 = 60_000

  var limits: Limits
  var now: Moment
  var slots: ContiguousArray<Slot> = []
  /// One for each slot.
  var notes: ContiguousArray<StreamNote> = []
  /// The sequence of the newest event that went to everyone.
  var lastBroadcast: UInt64 = 0
  var meter = ShardMeter()
  /// Slots that are not free.
  private(set) var count = 0

  private let shardCount: Int
  private let shardIndex: Int
  private let poller: Poller
  private let manager: SSEManager
  let readClock: @Sendable () -> Moment
  private let onDeparture: @Sendable (Departure) -> Void

  init(
    shardIndex: Int, of shardCount: Int, limits: Limits, poller: Poller, manager: SSEManager, now: Moment,
    readClock: @escaping @Sendable () -> Moment, onDeparture: @escaping @Sendable (Departure) -> Void
  ) {
    self.shardIndex = shardIndex
    self.shardCount = shardCount
    self.limits = limits
    self.poller = poller
    self.manager = manager
    self.now = now
    self.readClock = readClock
    self.onDeparture = onDeparture
  }

  // MARK: - The life of a stream

  func open(_ opening: StreamOpening) {
    let index = place(of: opening.stream)
    while slots.count <= index {
      slots.makeRoom()
      slots.append(Slot())
      notes.makeRoom()
      notes.append(StreamNote(opening.connection))
    }
    notes[index] = StreamNote(opening.connection)
    let backlog = Backlog(isChunked: opening.isChunked, now: now.monotonic)
    backlog.replay = opening.replay
    slots[index] = Slot(
      generation: opening.stream.generation, phase: .awaitingSocket, isChunked: opening.isChunked,
      lastWrite: now.wall, tokenExpiresAt: opening.tokenExpiresAt ?? .max, backlog: backlog)
    count += 1
  }

  /// The stream's socket: connected, with head and preamble written. The table owns it from here on.
  func attach(_ descriptor: CInt, to stream: StreamRef) {
    guard let index = index(of: stream), slots[index].descriptor < 0 else {
      StreamSocket.close(descriptor, isAborted: true)
      return
    }
    StreamSocket.configure(descriptor, userTimeoutMilliseconds: limits.connectionTimeout)
    slots[index].descriptor = descriptor
    if slots[index].phase == .awaitingSocket { slots[index].phase = .live }
    do throws(SystemCallError) {
      try poller.add(descriptor, token: token(of: index), for: [.readable, .peerClosed])
    } catch {
      return end(index, .timeout)
    }
    flush(index)
  }

  /// The client went before its socket could be attached.
  func abandon(_ stream: StreamRef) {
    guard let index = index(of: stream), slots[index].descriptor < 0 else { return }
    end(index, .clientClosed)
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
    for index in slots.indices where slots[index].phase == .live || slots[index].phase == .awaitingSocket {
      finish(index, because: .shutdown, with: frames[index % frames.count])
    }
  }

  func isReady(_ token: UInt64, for interest: Poller.Interest) {
    let index = Int(token & 0xFFFF_FFFF)
    guard index < slots.count, slots[index].phase != .free, token == self.token(of: index) else { return }
    if !interest.isDisjoint(with: .failed) { return end(index, endReason(of: slots[index].descriptor)) }
    if interest.contains(.peerClosed) { return end(index, .clientClosed) }
    if interest.contains(.readable), !StreamSocket.discardInput(slots[index].descriptor) {
      return end(index, .clientClosed)
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

  // MARK: - Writing what waits

  /// Queues a frame behind what waits, or writes it where nothing does.
  func queue(_ frame: Frame, at index: Int) {
    guard slots[index].phase == .live || slots[index].phase == .awaitingSocket else {
      return missed(frame, at: index)
    }
    guard let backlog = slots[index].backlog else {
      append(frame, written: 0, at: index)
      return flush(index)
    }
    let waiting = backlog.replay == nil ? backlog.outbox.bytes : backlog.live.bytes
    let size = frame.wireSize(isChunked: slots[index].isChunked)
    if waiting > 0, waiting + size > limits.maxQueuedBytes {
      frame.missed(loss(index, .slowConsumer))
      return closeSlowConsumer(index)
    }
    backlog.append(frame)
    count(frame, behind: backlog, at: index)
  }

  /// The socket took only the first `written` bytes of a frame.
  func append(_ frame: Frame, written: Int, at index: Int) {
    let backlog = Backlog(isChunked: slots[index].isChunked, now: now.monotonic)
    backlog.outbox.append(frame, written: written)
    meter.figures.bytesSent &+= UInt64(written)
    notes[index].queueBegan(lastBroadcast: lastBroadcast)
    slots[index].backlog = backlog
    slots[index].updateOpenRoad()
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

  /// A write failed for good.
  func fail(_ index: Int, error number: CInt) {
    end(index, number == ETIMEDOUT ? .timeout : .clientClosed)
  }

  private static let maxWritesAtOnce = 16

  /// Writes what waits until the socket is full or nothing is left.
  private func flush(_ index: Int) {
    guard let backlog = slots[index].backlog, slots[index].descriptor >= 0 else { return }
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
        backlog.live = Outbox(isChunked: slots[index].isChunked)
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
    slots[index].updateOpenRoad()
  }

  private func count(_ frame: Frame, behind backlog: Backlog, at index: Int) {
    slots[index].eventsSent &+= UInt32(truncatingIfNeeded: frame.eventCount)
    meter.count(frame, queuedBehind: backlog.bytes)
  }

  // MARK: - Ending

  private func checkExpiry(_ index: Int) {
    let left = slots[index].tokenExpiresAt.subtractingReportingOverflow(now.wall)
    guard !left.overflow, left.partialValue <= Self.expiryWarningTime else { return }
    if left.partialValue <= -limits.tokenLeeway {
      depart(index, .tokenExpired)
      finish(index, because: .tokenExpired, with: SystemEvents.close(.tokenExpired))
    } else if !slots[index].wasWarned {
      slots[index].wasWarned = true
      queue(SystemEvents.tokenExpiring(at: slots[index].tokenExpiresAt), at: index)
    }
  }

  private func patience(with slot: Slot) -> Int64 {
    slot.phase == .ending ? Self.lingerTime : limits.connectionTimeout
  }

  /// The peer is gone or hopeless; nothing more is written.
  private func end(_ index: Int, _ reason: CloseReason) {
    let departure = manager.streamEnded(reference(to: index), reason: reason)
    dropQueue(at: index, reason)
    release(index, isAborted: reason == .timeout)
    // Told last: who reads it in the log finds the place free.
    if let departure { onDeparture(departure) }
  }

  private func closeSlowConsumer(_ index: Int) {
    depart(index, .slowConsumer)
    slots[index].backlog?.outbox.dropUnbegun(loss(index, .slowConsumer))
    finish(index, because: .slowConsumer, with: SystemEvents.close(.slowConsumer))
  }

  /// Writes the last frame after what waits. Where a replay is not over, what came after it must not be seen.
  private func finish(_ index: Int, because reason: CloseReason, with frame: Frame) {
    notes[index].reason = reason
    let backlog = slots[index].backlog ?? Backlog(isChunked: slots[index].isChunked, now: now.monotonic)
    backlog.replay = nil
    backlog.live.dropAll(loss(index, reason))
    backlog.outbox.append(frame)
    if slots[index].isChunked { backlog.outbox.append(.lastChunk) }
    backlog.lastProgress = now.monotonic
    slots[index].backlog = backlog
    slots[index].phase = .ending
    slots[index].updateOpenRoad()
    flush(index)
  }

  private func depart(_ index: Int, _ reason: CloseReason) {
    guard let departure = manager.streamEnded(reference(to: index), reason: reason) else { return }
    slots[index].backlog?.lastQueued = departure.lastQueued
    onDeparture(departure)
  }

  private func release(_ index: Int, isAborted: Bool = false) {
    let stream = reference(to: index)
    if slots[index].descriptor >= 0 { StreamSocket.close(slots[index].descriptor, isAborted: isAborted) }
    slots[index] = Slot(generation: slots[index].generation)
    count -= 1
    if count == 0 { (meter.figures.queuedConnections, meter.figures.queuedBytes) = (0, 0) }
    manager.release(stream)
  }

  private func endReason(of descriptor: CInt) -> CloseReason {
    var number: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    let result = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
    return result == 0 && number == ETIMEDOUT ? .timeout : .clientClosed
  }

  // MARK: - Places

  /// The place of a registered stream, or nil if it was given to another or freed.
  func index(of stream: StreamRef) -> Int? {
    let index = place(of: stream)
    guard index < slots.count, slots[index].phase != .free, slots[index].generation == stream.generation else {
      return nil
    }
    return index
  }

  func place(of stream: StreamRef) -> Int { Int(stream.index) / shardCount }

  private func reference(to index: Int) -> StreamRef {
    StreamRef(index: UInt32(index * shardCount + shardIndex), generation: slots[index].generation)
  }

  private func token(of index: Int) -> UInt64 {
    LoopToken.stream | UInt64(slots[index].generation & 0x3FFF_FFFF) << 32 | UInt64(UInt32(index))
  }
}
