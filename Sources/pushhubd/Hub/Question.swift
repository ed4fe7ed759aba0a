import HubCore
import HubProtocol

/// What cannot be answered at once, and not on the loop that asks.
enum Question: Sendable, Hashable {
  /// Those that follow a user or a named topic, or just this one of them.
  case connections(Topic, ConnectionID?)
  /// A change that is on disk before it is answered.
  case standing(StandingChange)
  case revocation(RevocationChange)
  case metrics
}

/// What was found out about a question.
enum Finding: Sendable {
  case connections([ConnectionStatus], of: Topic)
  case standing(Result<Subscription, StateFailure>)
  case revocation(Result<RevocationOutcome, StateFailure>)
  case metrics([UInt8])
}

/// Who waits for an answer: a connection of a shard, by its token.
enum Asker: Sendable {
  case http(Shard, UInt64)
  case publisher(Shard, UInt64)

  /// May be called on any thread.
  func tell(_ finding: Finding) {
    switch self {
    case .http(let shard, let token): shard.post(.httpFinding(token, finding))
    case .publisher(let shard, let token): shard.post(.publisherFinding(token, finding))
    }
  }
}
