/// What one shard counts, since its start unless it says otherwise. Plain numbers that the shard's thread owns; others
/// get a copy.
struct ShardFigures: Sendable {
  /// Bytes of events that sockets took.
  var bytesSent: UInt64 = 0
  /// Events that history gave to clients that came back.
  var eventsReplayed: UInt64 = 0
  /// Events whose place in a connection's queue a newer one of their value took.
  var conflated: UInt64 = 0
  /// The most that waited for one connection.
  var maxQueuedBytes = 0
  /// What waited for all connections when they were looked at last, every half second.
  var queuedBytes = 0
  /// Connections for which something waited then.
  var queuedConnections = 0
  /// From acceptance to the write; an event counts once for each write to the connections of this shard.
  var latency = LatencyHistogram()
  /// The most items, and bytes in them, that the shard found in its mailbox.
  var maxItems = 0
  var maxItemBytes = 0
}
