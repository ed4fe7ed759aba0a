/// What became of a published message.
package enum Publication: Sendable, Hashable {
  /// Accepted, numbered and queued to so many connections. A repeated idempotency key gives the first one's values.
  case accepted(EventID, sentCount: Int)
  /// The one connection it was for does not exist.
  case unknownConnection
  /// A shard has more waiting than it may hold, or the table of idempotency keys is full: try again.
  case overloaded
  /// The hub is stopping.
  case draining
}

/// What became of a CLOSE.
package enum Closing: Sendable {
  case closed([Departure])
  case unknownConnection
}

/// What became of a renewed token.
package enum Renewal: Sendable, Hashable {
  case renewed
  case unknownConnection
  /// The token is of another user than the connection's.
  case otherUser
}
