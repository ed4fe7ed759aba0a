import HubCore
import HubProtocol
import Synchronization

/// What the shards know of some connections, gathered from all of them; the last one's thread tells who asked.
final class ConnectionSurvey: Sendable {
  private struct State {
    var reports: [StreamRef: StreamReport] = [:]
    var missing: Int
  }

  private let topic: Topic
  private let connections: [(stream: StreamRef, status: ConnectionStatus)]
  private let epoch: UInt64
  private let asker: Asker
  private let byShard: [Int: [StreamRef]]
  private let state: Mutex<State>

  /// - Parameter connections: what the manager knows of them, oldest first.
  init(
    of topic: Topic, _ connections: [(stream: StreamRef, status: ConnectionStatus)], epoch: UInt64, for asker: Asker
  ) {
    self.topic = topic
    self.connections = connections
    self.epoch = epoch
    self.asker = asker
    byShard = Dictionary(grouping: connections.map(\.stream), by: \.shard)
    state = Mutex(State(missing: byShard.count))
  }

  func start(on shards: [Shard]) {
    if byShard.isEmpty { answer([:]) }
    for (index, streams) in byShard { shards[index].post(.report(streams, self)) }
  }

  /// What a shard knows of those of its streams that it was asked about.
  func add(_ reports: [StreamReport?], on streams: [StreamRef]) {
    let complete = state.withLock { state -> [StreamRef: StreamReport]? in
      for (stream, report) in zip(streams, reports) { state.reports[stream] = report }
      state.missing -= 1
      return state.missing == 0 ? state.reports : nil
    }
    if let complete { answer(complete) }
  }

  private func answer(_ reports: [StreamRef: StreamReport]) {
    let statuses = connections.compactMap { connection -> ConnectionStatus? in
      guard let report = reports[connection.stream] else { return nil }  // it has ended meanwhile
      var status = connection.status
      status.lastActivity = report.lastWrite
      status.eventsSent = report.eventsSent
      status.bytesQueued = report.bytesQueued
      status.eventsQueued = report.eventsQueued
      status.lastEventID = report.lastWritten > 0 ? EventID(epoch: epoch, sequence: report.lastWritten) : nil
      return status
    }
    asker.tell(.connections(statuses, of: topic))
  }
}
