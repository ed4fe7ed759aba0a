import HubCore
import HubProtocol

/// What is kept of a stream beside its slot: what only reports and ends need, out of the fan-out loop's way.
///
/// It stays when the slot is freed, so that an event that comes too late can say for whom it was.
struct StreamNote {
  var connection: ConnectionID
  /// Why it ended.
  var reason = CloseReason.clientClosed
  /// The sequence of the newest event that is known to be written.
  private var written: UInt64 = 0
  /// The shard's newest broadcast when that was noted: a later one was written to every stream for which nothing waits.
  private var broadcast: UInt64

  /// - Parameter broadcast: the shard's newest broadcast, which came before the stream.
  init(_ connection: ConnectionID, after broadcast: UInt64) {
    self.connection = connection
    self.broadcast = broadcast
  }

  /// The socket took an event of the stream's own.
  mutating func wrote(_ sequence: UInt64) { written = sequence }

  /// Something waits from now on, after the shard's newest broadcast.
  mutating func queueBegan(lastBroadcast: UInt64) {
    written = lastWritten(lastBroadcast: lastBroadcast)
    broadcast = lastBroadcast
  }

  /// Nothing waits any more, and what did has been written up to an event, or was none.
  mutating func queueEnded(lastFinished: UInt64, lastBroadcast: UInt64) {
    written = max(written, lastFinished)
    broadcast = lastBroadcast
  }

  /// The newest event written, while nothing waits.
  func lastWritten(lastBroadcast: UInt64) -> UInt64 {
    lastBroadcast > broadcast ? max(written, lastBroadcast) : written
  }

  /// The newest event written, while something waits.
  func lastWritten(lastFinished: UInt64) -> UInt64 { max(written, lastFinished) }
}
