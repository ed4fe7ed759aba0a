/// Whom an event, or a CLOSE, is for.
package enum Target: Hashable, Sendable {
  case topic(Topic)
  /// Users, or named topics, never both; each once, in the order given; at least one.
  case topics([Topic])
  case connection(ConnectionID)

  package static var everyone: Target { .topic(.everyone) }

  package static func user(_ user: UserID) -> Target { .topic(.user(user)) }

  package static func users(_ users: [UserID]) -> Target { .topics(users.map(Topic.user)) }

  /// Those that it names; none for a connection.
  package var topics: [Topic] {
    switch self {
    case .topic(let topic): [topic]
    case .topics(let topics): topics
    case .connection: []
    }
  }

  /// How many named topics an event may be for.
  package static let maxTopics = 64
}
