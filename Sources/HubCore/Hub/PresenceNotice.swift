package import HubProtocol

/// What a watcher is told of a user: that it is there, came or went, on the hub or on one of its topics.
package struct PresenceNotice: Hashable, Sendable {
  package enum Action: String, Sendable { case present, join, leave }

  package let user: UserID
  /// What the user follows, or no longer does; nil for the hub as a whole.
  package let topic: TopicName?
  package let action: Action

  /// Appends the line `PRESENT|JOIN|LEAVE <user> [<topic>]` with its end.
  package func append(to bytes: inout [UInt8]) {
    switch action {
    case .present: bytes.append("PRESENT ")
    case .join: bytes.append("JOIN ")
    case .leave: bytes.append("LEAVE ")
    }
    bytes.append(percentEncoding: user.text, separator: ",")
    if let topic {
      bytes.append(UInt8(ascii: " "))
      bytes.append(percentEncoding: topic.text, separator: ",")
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}

/// Names one WATCH of a connection on the socket.
package struct WatcherRef: Hashable, Sendable {
  /// The index of the shard that serves the connection.
  package let shard: Int
  /// The shard's name for the connection; the hub only passes it on.
  package let connection: UInt64
  /// No other WATCH has it.
  let number: UInt64
}
