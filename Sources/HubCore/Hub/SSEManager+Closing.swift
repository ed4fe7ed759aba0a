package import HubProtocol
import Synchronization

/// How streams leave the books, whoever ends them.
extension SSEManager {
  /// Ends one stream with a reason, which its client and the statistics see.
  package func closeConnection(_ id: ConnectionID, reason: CloseReason, detail: String?, now: Moment) -> Closing {
    decide(now: now) { state -> Closing in
      guard let stream = state.registry.stream(of: id) else { return .unknownConnection }
      let frame = SystemEvents.close(reason, detail: detail)
      return .closed(close(stream, reason, with: frame, in: &state, now: now).map { [$0] } ?? [])
    }
  }

  /// Ends all streams of a user.
  package func closeUserConnections(
    _ user: UserID, reason: CloseReason, detail: String?, now: Moment
  ) -> [Departure] {
    let frame = SystemEvents.close(reason, detail: detail)
    return decide(now: now) { state in
      defer { if reason.endsPresence { state.presence.endGrace(of: user) } }
      return state.registry.streams(of: .user(user)).compactMap { close($0, reason, with: frame, in: &state, now: now) }
    }
  }

  /// - Parameter frame: the event `close`, which several streams may share.
  func close(
    _ stream: StreamRef, _ reason: CloseReason, with frame: Frame, in state: inout State, now: Moment
  ) -> Departure? {
    guard let departure = strike(stream, reason, in: &state, now: now) else { return nil }
    post(.close(stream, reason, frame), toShardOf: stream, in: &state)
    return departure
  }

  /// A shard found that a stream has ended, or ends it; nil where the hub had closed it before.
  package func streamEnded(_ stream: StreamRef, reason: CloseReason, now: Moment) -> Departure? {
    decide(now: now) { strike(stream, reason, in: &$0, now: now) }
  }

  /// Nothing is left of a stream at its shard; its place may be given to another.
  package func release(_ stream: StreamRef) {
    state.withLock { $0.registry.release(stream) }
  }

  func strike(_ stream: StreamRef, _ reason: CloseReason, in state: inout State, now: Moment) -> Departure? {
    let topics = state.presence.isKept ? state.registry.topicNames(of: stream) : []
    guard let record = state.registry.remove(stream) else { return nil }
    state.closesByReason[reason, default: 0] += 1
    let departure = Departure(
      connection: record.id, user: state.registry.user(of: record), client: record.client, reason: reason,
      lastQueued: state.sequence)
    if state.presence.isKept { note(departure, following: topics, in: &state, now: now) }
    return departure
  }
}
