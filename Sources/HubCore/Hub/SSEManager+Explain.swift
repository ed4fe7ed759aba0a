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
      guard let entry = state.history.entry(of: id.sequence) else {
        let floor = EventID(epoch: epoch, sequence: state.history.floor)
        return .failure(id.sequence <= floor.sequence ? .tooOld(floor: floor) : .notKept)
      }
      return .success(EventTrace(id, entry, among: state.registry.users, maxAge: state.history.limits.maxAge))
    }
  }
}

extension EventTrace {
  /// The books are right because the manager's lock is held: nothing is published meanwhile, and what the shards have
  /// not said yet is waiting.
  fileprivate init(_ id: EventID, _ entry: History.Entry, among table: UserTable, maxAge: Int64) {
    self.id = id
    let snapshot = entry.frame.tally.snapshot
    let provenance = entry.provenance
    type = entry.frame.eventType
    acceptedAt = provenance.acceptedAt
    expiresAt = acceptedAt + min(maxAge, entry.expiresAt.subtractingReportingOverflow(entry.acceptedAt).partialValue)
    publisher = provenance.publisher
    (target, users) = entry.audience.described(among: table)
    bytes = entry.frame.payloadRange.count
    queued = provenance.queued
    written = min(queued, snapshot.written)
    // While a shard has not performed its letter, nobody knows who is missing there.
    waiting = snapshot.letters > 0 ? queued - written : min(queued - written, snapshot.waiting)
    dropped = queued - written - waiting
    losses = snapshot.losses
    replayed = snapshot.replayed
  }
}

extension History {
  /// The entry of an event, if it is kept.
  func entry(of sequence: UInt64) -> Entry? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].sequence == sequence ? entries[low] : nil
  }
}

extension History.Audience {
  private static let maxDescribedUsers = 8

  /// As the line protocol writes it, and how many users it names.
  fileprivate func described(among table: UserTable) -> (target: String, users: Int) {
    switch self {
    case .everyone: return (TargetText.everyone.description, 0)
    case .one(let user, _): return (TargetText.user(table.name(of: user).text).description, 1)
    case .several(let links):
      let first = links.prefix(Self.maxDescribedUsers).map { table.name(of: $0.user).text }
      let rest = links.count > Self.maxDescribedUsers ? ",…" : ""
      return (TargetText.users(first).description + rest, links.count)
    }
  }
}

extension Frame {
  /// What stands in the `event:` field of a published event's frame.
  fileprivate var eventType: String {
    let lines = bytes(isChunked: false).prefix(512).split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    let name = "event: "
    guard lines.count > 1, lines[1].starts(with: name.utf8) else { return "" }
    return String(decoding: lines[1].dropFirst(name.utf8.count), as: UTF8.self)
  }
}
