import DequeModule
import HubProtocol

/// How far a listener is in what history owes it: it has heard what came up to `position`, and is owed what came later,
/// up to `end`.
package struct ListenCursor: Sendable {
  let targets: ListenTargets
  fileprivate(set) var position: UInt64
  let end: UInt64
  /// As in `ReplayCursor`.
  fileprivate var lostBefore: UInt64?
  /// The sequences of the values that are owed, the newest first, once they have been looked up.
  fileprivate var values: [UInt64]?

  init(targets: ListenTargets, position: UInt64, end: UInt64, lostBefore: UInt64?) {
    self.targets = targets
    self.position = position
    self.end = end
    self.lostBefore = lostBefore
  }
}

/// Some of what a listener is owed, in order.
package struct ListenBatch: Sendable {
  package var events: [HeardEvent] = []
  /// Where the next batch begins, or nil if this one was the last.
  package var next: ListenCursor?
  /// Whether history lost events that are still owed; there will be no more.
  package var isTorn = false

  /// So many events are looked at under one hold of the lock.
  private static let maxExamined = 512

  /// The next of what is owed.
  ///
  /// Any pattern may be listened to, so that it looks at every event of history after the position.
  init(_ cursor: ListenCursor, _ history: History, _ values: LastValues, among topics: TopicTable, now: Int64) {
    var cursor = cursor
    if let lostBefore = cursor.lostBefore, cursor.position <= lostBefore {
      cursor.lostBefore = max(lostBefore, history.floor)
    }
    guard history.isWhole(after: max(cursor.position, cursor.lostBefore ?? 0)) else {
      isTorn = true
      return
    }
    var owedValues = cursor.values ?? values.sequences(after: cursor.position)
    var index = history.firstIndex(after: cursor.position)
    var bytes = 0
    for _ in 0..<Self.maxExamined where events.count < History.maxBatchEvents && bytes < History.maxBatchBytes {
      let entry = index < history.entries.count ? history.entries[index] : nil
      let sequence = min(entry?.sequence ?? .max, owedValues.last ?? .max)
      guard sequence <= cursor.end else { return }
      cursor.position = sequence
      let event: HeardEvent?
      if let entry, entry.sequence == sequence {
        index += 1
        event = HeardEvent(entry, for: cursor.targets, among: topics, now: now)
      } else {
        owedValues.removeLast()
        event = HeardEvent(values[sequence], for: cursor.targets, now: now)
      }
      guard let event else { continue }
      events.append(event)
      bytes += event.frame.count
    }
    cursor.values = owedValues
    next = cursor
  }
}

extension HeardEvent {
  /// What is over, or was for nobody that is listened to, is not heard.
  fileprivate convenience init?(
    _ entry: History.Entry, for targets: ListenTargets, among table: TopicTable, now: Int64
  ) {
    guard let frame = entry.frame, entry.expiresAt > now else { return nil }
    let topic =
      switch entry.audience {
      case .everyone: targets.covers(.everyone) ? Topic.everyone : nil
      case .one(let link): [table.topic(of: link.topic)].first(where: targets.covers)
      case .several(let links): links.lazy.map { table.topic(of: $0.topic) }.first(where: targets.covers)
      }
    guard let topic else { return nil }
    self.init(frame, to: .topic(topic), form: entry.provenance.form, isClearing: entry.provenance.isClearing)
  }

  fileprivate convenience init?(_ value: LastValues.Value?, for targets: ListenTargets, now: Int64) {
    guard let value, value.expiresAt > now, targets.covers(value.key.topic) else { return nil }
    self.init(value.frame, to: .topic(value.key.topic), form: value.provenance.form, isClearing: false)
  }
}
