/// Whom an event, or a CLOSE, is for.
package enum Target: Hashable, Sendable {
  case everyone
  case user(UserID)
  /// Each user once, in the order given; never empty.
  case users([UserID])
  case connection(ConnectionID)
}
