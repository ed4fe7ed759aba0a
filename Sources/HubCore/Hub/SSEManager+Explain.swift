import DequeModule
package import HubProtocol
import Synchronization

/// What became of an event.
extension SSEManager {
  /// What is known of an event that history holds.
  package func explain(_ id: EventID) -> Result<EventTrace, UnknownEvent> {
    state.withLock { state in
      guard id.epoch == epoch else { return .failure(.otherEpoch(id, hub: epoch)) }
      guard id.sequence > 0, id.sequence <= state.sequence else {
        return .failure(.notYet(newest: EventID(epoch: epoch, sequence: state.sequence)))
      }
      if let value = state.values[id.sequence] {
        return .success(
          EventTrace(
            id, value.frame, value.provenance, value: .replace(value.key.name), names: 1,
            target: TargetText(value.key.topic).description,
            lifetime: value.expiresAt == .max ? nil : value.expiresAt - value.acceptedAt))
      }
      guard let entry = state.history.entry(of: id.sequence), let frame = entry.frame else {
        let floor = EventID(epoch: epoch, sequence: state.history.floor)
        return .failure(id.sequence <= floor.sequence ? .tooOld(floor: floor) : .notKept)
      }
      let (target, names) = entry.audience.described(among: state.registry.topics)
      let lifetime = entry.expiresAt.subtractingReportingOverflow(entry.acceptedAt).partialValue
      return .success(
        EventTrace(
          id, frame, entry.provenance, value: entry.change, names: names, target: target,
          lifetime: min(state.history.limits.maxAge, lifetime)))
    }
  }
}

extension EventTrace {
  /// The books are right because the manager's lock is held: nothing is published meanwhile, and what the shards have
  /// not said yet is waiting.
  ///
  /// - Parameter lifetime: for how many milliseconds it is replayed at the longest; nil without end.
  fileprivate init(
    _ id: EventID, _ frame: Frame, _ provenance: Provenance, value: Message.ValueChange?, names: Int, target: String,
    lifetime: Int64?
  ) {
    self.id = id
    self.value = value
    self.names = names
    self.target = target
    let snapshot = frame.tally.snapshot
    let fields = EventFields(frame)
    type = fields.text(fields.type)
    acceptedAt = provenance.acceptedAt
    expiresAt = lifetime.map { provenance.acceptedAt + $0 }
    publisher = provenance.publisher
    bytes = frame.payloadRange.count
    queued = provenance.queued
    written = min(queued, snapshot.written)
    conflated = min(queued - written, snapshot.conflated)
    let open = queued - written - conflated
    // While a shard has not performed its item, nobody knows who is missing there.
    waiting = snapshot.items > 0 ? open : min(open, snapshot.waiting)
    dropped = open - waiting
    losses = snapshot.losses
    replayed = snapshot.replayed
  }
}

extension History.Entry {
  /// What the event does to a value.
  fileprivate var change: Message.ValueChange? {
    frame?.value.map { provenance.isClearing ? .clear($0.name) : .replace($0.name) }
  }
}

extension History {
  /// The entry of an event, if it is kept.
  func entry(of sequence: UInt64) -> Entry? {
    let index = firstIndex(after: sequence - 1)
    return index < entries.count && entries[index].sequence == sequence ? entries[index] : nil
  }
}

extension History.Audience {
  private static let maxDescribedNames = 8

  /// As the line protocol writes it, and how many users or topics it names.
  fileprivate func described(among table: TopicTable) -> (target: String, names: Int) {
    switch self {
    case .everyone: return (TargetText.everyone.description, 0)
    case .one(let link): return (TargetText(table.topic(of: link.topic)).description, 1)
    case .several(let links):
      let first = links.prefix(Self.maxDescribedNames).map { table.topic(of: $0.topic) }
      let rest = links.count > Self.maxDescribedNames ? ",…" : ""
      return (TargetText(first).description + rest, links.count)
    }
  }
}
