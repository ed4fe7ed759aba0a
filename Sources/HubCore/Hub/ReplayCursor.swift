/// How far a stream is in its replay: it was written up to `position` and is owed what came later, up to `end`.
package struct ReplayCursor: Sendable {
  /// What of that is owed.
  enum Scope: Sendable {
    /// Events and values.
    case everything
    /// Values alone.
    case values
  }

  /// Something that is owed: an event in history, or a value.
  struct Item: Sendable, Hashable {
    let sequence: UInt64
    /// Of the event in history; nil for a value.
    let ordinal: Int?
  }

  /// The user and the named topics that the stream followed when it was opened; everyone is owed what is for everyone.
  let topics: [TopicTable.Number]
  var position: UInt64
  let end: UInt64
  let scope: Scope
  /// Where not all is promised: up to there history may have lost events without the client missing what it was told it
  /// would get. Nil where everything after the position is.
  var lostBefore: UInt64?
  /// Whether a heartbeat marks the end of the list.
  let marksEnd: Bool
  /// What is owed of the topics, the newest first, once it has been looked up.
  var owed: [Item]?
  /// Whether more of it was left to be looked up later.
  var isOwedCut = false
}

/// Some of what a replay owes, in order.
package struct ReplayBatch: Sendable {
  package var frames: [Frame] = []
  /// Where the next batch begins, or nil if this one was the last.
  package var next: ReplayCursor?
  /// Whether history lost events that are still owed; there will be no more.
  package var isTorn = false
}
