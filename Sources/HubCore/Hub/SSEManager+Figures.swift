package import HubProtocol
import Synchronization

/// What the hub tells of itself.
extension SSEManager {
  /// What the status line and the end of draining need; cheap.
  package func counts() -> (connections: Int, users: Int, usedPlaces: Int, eventsPublished: UInt64) {
    state.withLock { ($0.registry.count, $0.registry.userCount, $0.registry.usedPlaces, $0.sequence) }
  }

  /// The seed's `getStats`. Without the list of users it is cheap.
  package func statistics(now: Moment, listsUsers: Bool = true) -> Statistics {
    var statistics = Statistics()
    let counts = state.withLock { state in
      statistics.totalConnections = state.registry.count
      statistics.totalUsers = state.registry.userCount
      statistics.eventsPublished = state.sequence
      statistics.closesByReason = state.closesByReason
      statistics.connects = state.connects
      statistics.replays = state.replays
      statistics.historyEvents = state.history.count
      statistics.historyBytes = state.history.bytes
      statistics.historyAge = state.history.oldestAcceptedAt.map { now.monotonic - $0 }
      statistics.historyFloor = EventID(epoch: epoch, sequence: state.history.floor)
      statistics.values = state.values.count
      statistics.valueBytes = state.values.bytes
      statistics.followedTopics = state.registry.topics.followedTopics
      statistics.standingTopics = state.standing.count
      statistics.watchers = state.presence.watcherCount
      statistics.present = state.presence.memberCount
      statistics.revokedUsers = state.revocations.count
      statistics.listeners = state.listeners.count
      statistics.published = state.published
      statistics.keys = state.keys.count
      statistics.maxConnections = state.options.maxConnections
      return listsUsers ? state.registry.topics.countsByUser() : []
    }
    statistics.list(counts)
    statistics.uptimeSeconds = (now.monotonic - startedAt.monotonic) / 1000
    statistics.eventsDelivered = shards.reduce(0) { $0 + $1.eventsDelivered }
    return statistics
  }

  /// Whose connection that is; nil where none has that id.
  package func user(of connection: ConnectionID) -> UserID? {
    state.withLock { state in
      let record = state.registry.stream(of: connection).flatMap { state.registry.record(at: $0) }
      return record.map { state.registry.user(of: $0) }
    }
  }

  /// What the hub knows of the connections that follow a user or a named topic, oldest first; what the shards know is
  /// added by them.
  package func connections(of topic: Topic) -> [(stream: StreamRef, status: ConnectionStatus)] {
    state.withLock { state in
      state.registry.streams(of: topic).compactMap { stream in
        state.registry.record(at: stream).map {
          (
            stream,
            ConnectionStatus($0, user: state.registry.user(of: $0), topics: state.registry.topicNames(of: stream))
          )
        }
      }
    }
  }
}
