package import HubProtocol

/// Where the streams of one part of the connections are written: what the manager decides goes out through this door.
///
/// The manager posts under its lock, so instructions stand in every shard's mailbox in the order in which the hub
/// accepted the events. It calls `wake` after it has let the lock go.
package protocol StreamShard: AnyObject, Sendable {
  /// Appends to the mailbox; never blocks for long, never refuses.
  func post(_ instruction: ShardInstruction)
  /// Makes the shard look into its mailbox soon.
  func wake()
  /// Whether so much waits that no more events should be accepted for now.
  var isOverloaded: Bool { get }
  /// Published events that were written or queued to a connection, since the start.
  var eventsDelivered: UInt64 { get }
}

/// One decision for a shard to perform.
package enum ShardInstruction: Sendable {
  /// A new stream: everything behind this is for it, too.
  indirect case open(StreamOpening)
  case send(Frame, StreamRef)
  case broadcast(Frame)
  /// A heartbeat to each stream whose place in the shard's table falls into the slice.
  case beat(Frame, slice: Int, of: Int)
  /// Look for streams that stalled, or whose token is about to expire or has expired.
  case sweep(Moment)
  case renew(StreamRef, tokenExpiresAt: Int64?)
  /// Write what was begun, then the frame, then end the stream. The manager has forgotten the connection already.
  case close(StreamRef, CloseReason, Frame)
  /// End every stream, each with one of the frames in turn, after what waits for it.
  case closeAll([Frame])
}

/// What a shard must know of a new stream.
package struct StreamOpening: Sendable {
  package let stream: StreamRef
  package let connection: ConnectionID
  /// As its `ConnectionRequest` has it.
  package let socket: Int32
  package let isChunked: Bool
  package let tokenExpiresAt: Int64?
  package let replay: ReplayCursor?
}

/// How far a stream is in its replay: it was written up to `position` and is owed what came later, up to `end`.
package struct ReplayCursor: Sendable, Hashable {
  let user: UserID
  let position: UInt64
  let end: UInt64
  /// The user's own events that are still owed, the newest first, once they have been looked up.
  var own: [Int]?
}

/// Some of what a replay owes, in order.
package struct ReplayBatch: Sendable {
  package var frames: [Frame] = []
  /// Where the next batch begins, or nil if this one was the last.
  package var next: ReplayCursor?
  /// Whether history lost events that are still owed; there will be no more.
  package var isTorn = false
}
