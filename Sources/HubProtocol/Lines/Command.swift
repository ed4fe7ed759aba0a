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
  /// The targets are at least one.
  case listen([ListenTarget], since: ListenStart)
  case unlisten
  case watch(WatchScope)
  case unwatch
  /// Tokens of the user that were issued before a time, in seconds since 1970, are no longer good; nil: before now.
  case revoke(UserID, before: Int64?)
  case unrevoke(UserID)
  /// Nil: until UNBLOCK.
  case block(UserID, for: Duration?)
  case unblock(UserID)
  case ping
  case help
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
    case push, close, stats, connections, explain, subscribe, unsubscribe, listen, unlisten, watch, unwatch, revoke,
      unrevoke, block, unblock, ping, help

    init?(_ line: Span<UInt8>, in range: Range<Int>) {
      // Comparing with each raw value would make strings; the most frequent verb is looked for without any.
      if line.isWord("push", in: range) {
        self = .push
      } else if range.count <= Self.maxBytes, let word = line.text(in: range), word.utf8.allSatisfy({ $0 < 0x80 }) {
        self.init(rawValue: word.lowercased())
      } else {
        return nil
      }
    }

    private static let maxBytes = 15

    /// The verb as the documentation writes it.
    var name: String { rawValue.uppercased() }
  }
}
