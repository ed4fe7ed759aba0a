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
  package var published = PublishedCounts()
  /// Idempotency keys that are remembered.
  package var keys = 0
  package var maxConnections = 0

  package init() {}
}

/// One connection as `/sse/users/:userId/connections` shows it.
package struct ConnectionStatus: Sendable {
  package var id: ConnectionID
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
  case everyone, user, users, connection
}

/// Events accepted, by the kind of their target.
package struct PublishedCounts: Sendable, Hashable {
  private var everyone: UInt64 = 0
  private var user: UInt64 = 0
  private var users: UInt64 = 0
  private var connection: UInt64 = 0

  package init() {}

  package subscript(kind: TargetKind) -> UInt64 {
    switch kind {
    case .everyone: everyone
    case .user: user
    case .users: users
    case .connection: connection
    }
  }

  /// Counts one event, and says what kind of target it has.
  mutating func count(_ target: Target) -> TargetKind {
    switch target {
    case .everyone:
      everyone += 1
      return .everyone
    case .user:
      user += 1
      return .user
    case .users:
      users += 1
      return .users
    case .connection:
      connection += 1
      return .connection
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
  init(_ record: Registry.Record) {
    id = record.id
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
