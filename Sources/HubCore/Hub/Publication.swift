package import HubProtocol

/// What became of a published message.
package enum Publication: Sendable, Hashable {
  /// Accepted, numbered and queued to so many connections. A repeated idempotency key gives the first one's values.
  case accepted(EventID, sentCount: Int)
  /// The one connection it was for does not exist.
  case unknownConnection
  /// The key was used before, by the same publisher, for another target, type or data.
  case keyReused
  /// As many keys are remembered as may be, of all publishers or of this one: try again after so many milliseconds.
  case tooManyKeys(retryAfter: Int64)
  /// A shard has more waiting than it may hold: try again.
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
