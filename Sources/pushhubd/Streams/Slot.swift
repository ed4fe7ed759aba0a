import HubCore

/// One stream's place in its shard's table: what the fan-out loop touches, and nothing else.
struct Slot {
  enum Phase: UInt8 {
    case free
    case live
    /// The last bytes are on their way; nothing new is taken.
    case ending
  }

  /// The socket where an event can be written at once: live, chunked, and nothing waits. -1 otherwise.
  var idleDescriptor: CInt = -1
  var descriptor: CInt = -1
  var generation: UInt32 = 0
  var phase = Phase.free
  var form = WireForm.chunked
  /// The `error` event about the token's expiry was sent.
  var wasWarned = false
  var eventsSent: UInt32 = 0
  /// When bytes were last written, in milliseconds of the wall clock.
  var lastWrite: Int64 = 0
  /// In milliseconds of the wall clock; `Int64.max` never.
  var tokenExpiresAt = Int64.max
  /// Exists only while something waits.
  var backlog: Backlog?

  mutating func updateIdleDescriptor() {
    idleDescriptor = phase == .live && form == .chunked && backlog == nil ? descriptor : -1
  }
}

/// What waits for one stream. Owned by the shard's thread.
final class Backlog {
  /// What is written next.
  var outbox: Outbox
  /// What history still owes before anything newer may be written.
  var replay: ReplayCursor?
  /// Events that came while the replay was under way; they follow it.
  var live: Outbox
  /// Of a stream that its shard has ended: the newest event that may have been queued to it.
  var lastQueued: UInt64 = 0
  /// Monotonic milliseconds of the last byte that the peer took, or of the beginning.
  var lastProgress: Int64

  init(form: WireForm, now: Int64) {
    outbox = Outbox(form: form)
    live = Outbox(form: form)
    lastProgress = now
  }

  var isEmpty: Bool { outbox.isEmpty && live.isEmpty && replay == nil }
  var bytes: Int { outbox.bytes + live.bytes }
  /// Published events that wait, without those that a replay still owes.
  var events: Int { outbox.eventCount + live.eventCount }

  /// Lets go of an event whose place a newer one of its value takes; returns whether there was one.
  func conflate(for frame: Frame) -> Bool {
    guard frame.value != nil else { return false }
    if replay == nil { return outbox.conflate(for: frame) }
    return live.conflate(for: frame, olderWaits: outbox.holds(frame))
  }

  func append(_ frame: Frame) {
    if replay == nil { outbox.append(frame) } else { live.append(frame) }
  }
}
