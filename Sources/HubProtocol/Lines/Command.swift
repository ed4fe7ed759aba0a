/// What a publisher may ask for.
package enum Command: Sendable {
  /// `wantsReply` is false where success shall not be answered.
  case push(Target, Message, wantsReply: Bool)
  /// The target is never everyone.
  case close(Target, reason: String?)
  case stats
  /// The target is one user, one topic or one connection.
  case connections(Target)
  /// The topics are at least one, each once.
  case subscribe(Subscriber, [TopicName], for: Duration?)
  case unsubscribe(Subscriber, [TopicName])
  case explain(EventID)
  case ping
}

/// Who is given topics: a user, for all connections that there are and will be, or one connection.
package enum Subscriber: Hashable, Sendable {
  case user(UserID)
  case connection(ConnectionID)
}

/// The most bytes of a reason for which connections are closed.
package let maxReasonBytes = 1024

extension Command {
  /// The first word of a command, without regard to case.
  enum Verb: String, CaseIterable {
    case push, close, stats, connections, explain, subscribe, unsubscribe, ping

    init?(_ line: Span<UInt8>, in range: Range<Int>) {
      // Comparing with each raw value would make strings; the most frequent verb comes first.
      if line.isWord("push", in: range) {
        self = .push
      } else if line.isWord("close", in: range) {
        self = .close
      } else if line.isWord("stats", in: range) {
        self = .stats
      } else if line.isWord("connections", in: range) {
        self = .connections
      } else if line.isWord("explain", in: range) {
        self = .explain
      } else if line.isWord("subscribe", in: range) {
        self = .subscribe
      } else if line.isWord("unsubscribe", in: range) {
        self = .unsubscribe
      } else if line.isWord("ping", in: range) {
        self = .ping
      } else {
        return nil
      }
    }

    /// The verb as the documentation writes it.
    var name: String { rawValue.uppercased() }
  }
}
