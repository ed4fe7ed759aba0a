import HubCore
import HubProtocol

/// What an operator wants to take from a user, or to give back.
struct RevocationChange: Sendable, Hashable {
  let user: UserID
  let step: Revocation.Step
  /// What the user's clients are told; of a block alone.
  var reason: String?
  /// Who asked for it.
  let by: PublisherIdentity
}

/// What became of it.
enum RevocationOutcome: Sendable, Hashable {
  /// It is in force, and so many streams were closed.
  case inForce(closed: Int)
  /// As many users as may be have something taken from them, and this would be one more.
  case tooMany
}
