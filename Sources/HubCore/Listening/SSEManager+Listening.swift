package import HubProtocol
import Synchronization

/// Who listens on the socket.
extension SSEManager {
  /// What a LISTEN got.
  package struct Listening: Sendable {
    package let listener: ListenerRef
    /// Events after it come, events up to it do not.
    package let position: EventID
    package let outcome: ReplayOutcome
    /// What history owes.
    package let cursor: ListenCursor?
  }

  /// Has a connection on the socket hear events from now on; those that history owes it are asked for with the cursor.
  /// Called on the connection's shard, which takes up what comes only after it.
  ///
  /// - Parameters:
  ///   - connection: the shard's name for it.
  ///   - earlier: the connection's LISTEN until now, whose place this one takes.
  package func listen(
    to targets: [ListenTarget], since start: ListenStart, shard: Int, connection: UInt64,
    insteadOf earlier: ListenerRef?, now: Moment
  ) -> Listening {
    let targets = ListenTargets(targets)
    return state.withLock { state in
      if let earlier { state.listeners.remove(earlier) }
      let listener = state.listeners.add(shard: shard, connection: connection, to: targets)
      let end = state.sequence
      func listening(
        _ outcome: ReplayOutcome, after position: UInt64, lostBefore: UInt64? = nil, isOwed: Bool
      ) -> Listening {
        let cursor = ListenCursor(targets: targets, position: position, end: end, lostBefore: lostBefore)
        return Listening(
          listener: listener, position: EventID(epoch: epoch, sequence: position), outcome: outcome,
          cursor: isOwed ? cursor : nil)
      }
      let floor = state.history.floor
      switch start {
      case .now: return listening(.none, after: end, isOwed: false)
      case .start: return listening(.start, after: 0, lostBefore: floor, isOwed: true)
      case .after(let id) where isHeld(id, in: state):
        return listening(.complete, after: id.sequence, isOwed: id.sequence < end)
      case .after: return listening(.gap, after: 0, lostBefore: floor, isOwed: true)
      }
    }
  }

  /// It hears nothing more; what has been posted to it already is for nobody.
  package func unlisten(_ listener: ListenerRef) {
    state.withLock { $0.listeners.remove(listener) }
  }

  /// The next events that history owes a listener; asked for by its shard as the socket drains.
  package func nextListenBatch(_ cursor: ListenCursor, now: Moment) -> ListenBatch {
    state.withLock { state in
      ListenBatch(cursor, state.history, state.values, among: state.registry.topics, now: now.monotonic)
    }
  }

  /// Hands an event to the shards of those who listen to its target.
  func postToListeners(_ frame: Frame, of message: Message, to target: Target, in state: inout State) {
    let isClearing = message.isClearing
    for group in state.listeners.hearers(of: target) {
      let event = HeardEvent(frame, to: group.target, form: message.form, isClearing: isClearing)
      for listener in group.listeners {
        shards[listener.shard].post(event, to: listener)
        state.toWake.include(listener.shard)
      }
    }
  }

  /// Whether the shard of one who would hear an event has too much waiting.
  func isOverloaded(forListenersTo target: Target, in state: borrowing State) -> Bool {
    state.listeners.hearers(of: target).contains { $0.listeners.contains { shards[$0.shard].isOverloaded } }
  }
}
