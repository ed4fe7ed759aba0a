package import HubProtocol

/// The figures of `/sse/stats` and of the command `STATS`.
package struct Statistics: Sendable {
  /// The users with the most connections first, then by name; at most `maxListedUsers`.
  package static let maxListedUsers = 1000

  package var totalConnections = 0
  package var totalUsers = 0
  package var connectionsByUser: [(user: UserID, connections: Int)] = []
  /// Whether `connectionsByUser` leaves users out.
  package var isTruncated = false
  package var uptimeSeconds: Int64 = 0
  package var eventsPublished: UInt64 = 0
  package var eventsDelivered: UInt64 = 0
  package var closesByReason: [CloseReason: UInt64] = [:]
  package var connects: UInt64 = 0
  package var replays: [ReplayOutcome: UInt64] = [:]
  package var historyEvents = 0
  package var historyBytes = 0
  /// Milliseconds since the oldest event in history was accepted; nil where there is none.
  package var historyAge: Int64?
  /// From which position on a replay is complete.
  package var historyFloor: EventID?
  /// Values that are held, and what they take in memory, about.
  package var values = 0
  package var valueBytes = 0
  /// Named topics that a connection follows.
  package var followedTopics = 0
  /// Topics that publishers gave to users, each user's counted for itself.
  package var standingTopics = 0
  /// Who is present where somebody watches, in each topic for itself, with those who are waited for.
  package var present = 0
  /// Connections on the socket that watch who is present.
  package var watchers = 0
  /// Users whose tokens are refused.
  package var revokedUsers = 0
  /// Connections on the socket that listen.
  package var listeners = 0
  package var published = PublishedCounts()
  /// Idempotency keys that are remembered.
  package var keys = 0
  package var maxConnections = 0

  package init() {}
}

/// One connection as `/sse/users/:userId/connections` shows it.
package struct ConnectionStatus: Sendable {
  package var id: ConnectionID
  package var user: UserID
  /// The named topics that it follows.
  package var topics: [TopicName]
  package var client: ClientID?
  /// Milliseconds of the wall clock.
  package var connectedAt: Int64
  package var lastActivity: Int64
  package var remoteAddress: String
  package var userAgent: String?
  package var eventsSent: UInt64
  package var bytesQueued: Int
  package var eventsQueued: Int
  /// The newest event that the socket took in whole; nil for none.
  package var lastEventID: EventID?
}

/// The kinds of target, as metrics name them.
package enum TargetKind: String, CaseIterable, Sendable {
  case everyone, user, users, topic, topics, connection

  init(_ target: Target) {
    switch target {
    case .topic(.everyone): self = .everyone
    case .topic(.user): self = .user
    case .topic(.named): self = .topic
    case .topics(let topics): self = topics.first?.user != nil ? .users : .topics
    case .connection: self = .connection
    }
  }
}

/// Events accepted, by the kind of their target.
package struct PublishedCounts: Sendable, Hashable {
  private var everyone: UInt64 = 0
  private var user: UInt64 = 0
  private var users: UInt64 = 0
  private var topic: UInt64 = 0
  private var topics: UInt64 = 0
  private var connection: UInt64 = 0

  package init() {}

  package subscript(kind: TargetKind) -> UInt64 {
    switch kind {
    case .everyone: everyone
    case .user: user
    case .users: users
    case .topic: topic
    case .topics: topics
    case .connection: connection
    }
  }

  /// Counts one event.
  mutating func count(_ target: Target) {
    switch TargetKind(target) {
    case .everyone: everyone += 1
    case .user: user += 1
    case .users: users += 1
    case .topic: topic += 1
    case .topics: topics += 1
    case .connection: connection += 1
    }
  }
}

extension Statistics {
  mutating func list(_ counts: [(user: UserID, connections: Int)]) {
    let sorted = counts.sorted {
      $0.connections != $1.connections
        ? $0.connections > $1.connections : $0.user.text.utf8.lexicographicallyPrecedes($1.user.text.utf8)
    }
    connectionsByUser = Array(sorted.prefix(Self.maxListedUsers))
    isTruncated = sorted.count > Self.maxListedUsers
  }
}

extension ConnectionStatus {
  init(_ record: Registry.Record, user: UserID, topics: [TopicName]) {
    id = record.id
    self.user = user
    self.topics = topics
    client = record.client
    connectedAt = record.connectedAt
    lastActivity = record.connectedAt
    remoteAddress = record.remoteAddress.description
    userAgent = record.userAgent
    eventsSent = 0
    bytesQueued = 0
    eventsQueued = 0
    lastEventID = nil
  }
}
