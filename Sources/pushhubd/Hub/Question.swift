import HubCore
import HubProtocol

/// What cannot be answered at once, and not on the loop that asks.
enum Question: Sendable, Hashable {
  /// Those that follow a user or a named topic, or just this one of them.
  case connections(Topic, ConnectionID?)
  /// What users are given is on disk before the publisher has its reply.
  case standing(StandingChange, Publisher)
  case metrics
}

/// Who waits for an answer: a connection of a shard, by its token.
enum Asker: Sendable {
  case http(Shard, UInt64)
  case publisher(Shard, UInt64)

  /// To a publisher alone. May be called on any thread.
  func reply(_ reply: Reply) {
    guard case .publisher(let shard, let token) = self else { return }
    shard.post(.publisherAnswer(token, reply.bytes))
  }

  /// May be called on any thread.
  func answer(_ answer: Answer) {
    switch self {
    case .http(let shard, let token): shard.post(.httpAnswer(token, answer))
    case .publisher(let shard, let token): shard.post(.publisherAnswer(token, Reply.json(answer.body).bytes))
    }
  }
}
