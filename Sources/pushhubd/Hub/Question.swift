import HubCore
import HubProtocol

/// What cannot be answered at once, and not on the loop that asks.
enum Question: Sendable, Hashable {
  /// A user's, or just this one of them.
  case connections(UserID, ConnectionID?)
  case metrics
}

/// Who waits for an answer: a connection of a shard, by its token.
enum Asker: Sendable {
  case http(Shard, UInt64)
  case publisher(Shard, UInt64)

  /// May be called on any thread.
  func answer(_ answer: Answer) {
    switch self {
    case .http(let shard, let token): shard.post(.httpAnswer(token, answer))
    case .publisher(let shard, let token): shard.post(.publisherAnswer(token, Reply.json(answer.body).bytes))
    }
  }
}
