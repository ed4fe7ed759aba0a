/// What a listener on the socket hears.
package enum ListenTarget: Hashable, Sendable {
  /// Every event.
  case all
  /// Events to everyone.
  case everyone
  case user(UserID)
  case topics(TopicPattern)
  case connection(ConnectionID)
}

/// From where on a listener hears events.
package enum ListenStart: Hashable, Sendable {
  case now
  /// All that history holds.
  case start
  case after(EventID)
}

/// Whose coming and going somebody watches.
package enum WatchScope: Hashable, Sendable {
  /// All users.
  case users
  /// The users that follow named topics.
  case topics(TopicPattern)
}
