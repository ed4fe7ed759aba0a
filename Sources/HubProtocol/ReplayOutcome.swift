/// How it was honoured that somebody named the last event that they know: the member `replay` of `open`, and the second
/// word of the reply to LISTEN.
package enum ReplayOutcome: String, Sendable, CaseIterable {
  /// No event was named.
  case none
  /// All that history holds was asked for.
  case start
  /// Everything after that event comes.
  case complete
  /// Events may be missing.
  case gap
}
