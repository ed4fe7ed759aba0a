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
    remoteAddress = record.remoteAddress
    userAgent = record.userAgent
    eventsSent = 0
    bytesQueued = 0
  }
}
