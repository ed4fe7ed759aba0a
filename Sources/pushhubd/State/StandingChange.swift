import HubProtocol

/// What a publisher's SUBSCRIBE or UNSUBSCRIBE of a user wants.
struct StandingChange: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// Without a duration for ever.
    case give(for: Duration?)
    case takeBack
  }

  let user: UserID
  let topics: [TopicName]
  let kind: Kind
}
