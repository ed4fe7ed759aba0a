package import HubProtocol

/// Who came or went: a user to or from the hub, or one of its topics.
package struct PresenceNotice: Hashable, Sendable {
  package enum Action: String, Sendable { case join, leave }

  package let user: UserID
  /// What the user follows from now on, or no longer; nil for the hub as a whole.
  package let topic: TopicName?
  package let action: Action
}

/// Names a publisher's connection that watches who is present.
package struct WatcherRef: Hashable, Sendable {
  /// The index of the shard that serves it.
  package let shard: Int
  /// That shard's name for the connection; the hub only passes it on.
  package let token: UInt64

  package init(shard: Int, token: UInt64) {
    self.shard = shard
    self.token = token
  }
}
