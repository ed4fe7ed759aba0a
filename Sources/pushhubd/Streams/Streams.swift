import HubCore
import Synchronization

/// A stream's socket.
struct AttachedSocket: Sendable, Hashable {
  let descriptor: CInt
  let stream: StreamRef
}

/// The shards of a hub, as the rest of the daemon sees them.
final class Streams: Sendable {
  let shards: [Shard]
  private let manager: SSEManager

  init(shards: [Shard], manager: SSEManager) {
    self.shards = shards
    self.manager = manager
  }

  /// Starts a thread for each shard.
  func start(_ context: ShardLoop.Context) throws(SystemCallError) {
    for (index, shard) in shards.enumerated() {
      let count = shards.count
      try LoopThread.start(named: "shard-\(index)") {
        ShardLoop(shard, index: index, of: count, context: context).run()
      }
    }
  }

  /// Hands over connected TCP sockets, whose response heads and preambles are written, to the shards of their streams,
  /// which own them from here on.
  func attach(_ sockets: [AttachedSocket]) {
    for socket in sockets {
      shard(of: socket.stream).mailbox.post(.attach(socket.descriptor, socket.stream))
    }
    for shard in shards { shard.wake() }
  }

  /// The client went before its socket could be attached.
  func abandon(_ stream: StreamRef) {
    shard(of: stream).post(.abandon(stream))
  }

  /// A user's connections, oldest first, with what the shards know of them.
  func statuses(of user: UserID) async -> [ConnectionStatus] {
    await withCheckedContinuation { continuation in
      statuses(of: user) { continuation.resume(returning: $0) }
    }
  }

  /// The same for who cannot await; `answer` is called on some shard's thread, or at once.
  func statuses(of user: UserID, _ answer: @escaping @Sendable ([ConnectionStatus]) -> Void) {
    let connections = manager.connections(of: user)
    let byShard = Dictionary(grouping: connections.map(\.stream)) { Int($0.index) % shards.count }
    guard !byShard.isEmpty else { return answer([]) }
    let collection = StatusCollection(connections, epoch: manager.epoch, expecting: byShard.count, answer)
    for (index, asked) in byShard {
      shards[index].post(.report(asked) { collection.add($0, on: asked) })
    }
  }

  func update(_ limits: StreamTable.Limits) {
    for shard in shards { shard.post(.limits(limits)) }
  }

  private func shard(of stream: StreamRef) -> Shard { shards[Int(stream.index) % shards.count] }
}

/// The shards' reports on one user's connections, until all are in.
private final class StatusCollection: Sendable {
  private struct State {
    var reports: [StreamRef: StreamReport] = [:]
    var missing: Int
  }

  private let connections: [(stream: StreamRef, status: ConnectionStatus)]
  private let epoch: UInt64
  private let answer: @Sendable ([ConnectionStatus]) -> Void
  private let state: Mutex<State>

  init(
    _ connections: [(stream: StreamRef, status: ConnectionStatus)], epoch: UInt64, expecting missing: Int,
    _ answer: @escaping @Sendable ([ConnectionStatus]) -> Void
  ) {
    self.connections = connections
    self.epoch = epoch
    self.answer = answer
    state = Mutex(State(missing: missing))
  }

  func add(_ reports: [StreamReport?], on streams: [StreamRef]) {
    let complete = state.withLock { state -> [StreamRef: StreamReport]? in
      for (stream, report) in zip(streams, reports) { state.reports[stream] = report }
      state.missing -= 1
      return state.missing == 0 ? state.reports : nil
    }
    guard let complete else { return }
    answer(
      connections.compactMap { connection in
        guard let report = complete[connection.stream] else { return nil }  // it has ended meanwhile
        var status = connection.status
        status.lastActivity = report.lastWrite
        status.eventsSent = report.eventsSent
        status.bytesQueued = report.bytesQueued
        status.eventsQueued = report.eventsQueued
        status.lastEventID = report.lastWritten > 0 ? EventID(epoch: epoch, sequence: report.lastWritten) : nil
        return status
      })
  }
}
