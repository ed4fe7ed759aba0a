import Dispatch
import HubCore
import HubProtocol
import Synchronization

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
      try LoopThread.start(named: "shard-\(index)") { ShardLoop(shard, index: index, context: context).run() }
    }
  }

  /// The connections that follow a user or a named topic, oldest first, with what the shards know of them; `answer` is
  /// called on some shard's thread, or at once.
  func statuses(of topic: Topic, _ answer: @escaping @Sendable ([ConnectionStatus]) -> Void) {
    let connections = manager.connections(of: topic)
    let byShard = Dictionary(grouping: connections.map(\.stream), by: \.shard)
    guard !byShard.isEmpty else { return answer([]) }
    let collection = StatusCollection(connections, epoch: manager.epoch, expecting: byShard.count, answer)
    for (index, asked) in byShard {
      shards[index].post(.report(asked) { collection.add($0, on: asked) })
    }
  }

  func update(_ limits: StreamTable.Limits) {
    for shard in shards { shard.post(.limits(limits)) }
  }

  /// Has every shard do something, and waits until all have.
  func waitForAll(_ letter: (@escaping @Sendable () -> Void) -> ShardLetter) {
    let done = DispatchSemaphore(value: 0)
    for shard in shards { shard.post(letter { done.signal() }) }
    for _ in shards { done.wait() }
  }
}

/// The shards' reports on connections, until all are in.
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
