package import HubProtocol

/// Where the streams of one part of the connections are written: what the manager decides goes out through this door.
///
/// The manager posts under its lock, so instructions stand in every shard's mailbox in the order in which the hub
/// accepted the events. It calls `wake` after it has let the lock go.
package protocol StreamShard: AnyObject, Sendable {
  /// Appends to the mailbox; never blocks for long, never refuses.
  func post(_ instruction: ShardInstruction)
  /// Appends an event for one of the shard's connections on the socket.
  func post(_ event: HeardEvent, to listener: ListenerRef)
  /// Appends what one of the shard's connections on the socket is to be told of who comes and goes.
  func post(_ notice: PresenceNotice, to watcher: WatcherRef)
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
  /// To those of the streams that are this shard's.
  case multicast(Frame, [StreamRef])
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
  package let form: WireForm
  package let tokenExpiresAt: Int64?
  package let replay: ReplayCursor?
}
