package import HubProtocol

/// What is known of a client when it asks for a stream.
package struct ConnectionRequest: Sendable {
  package var id: ConnectionID
  package var user: UserID
  package var client: ClientID?
  package var lastEventID: LastEventID
  /// The named topics that it asks for, which its token grants; each once.
  package var topics: [TopicName]
  /// Without a last event id it wants all that history holds.
  package var fromStart: Bool
  /// After a gap it wants values alone.
  package var skipsGap: Bool
  /// When the token expires, in milliseconds of the wall clock; nil never.
  package var tokenExpiresAt: Int64?
  /// When it was issued, in seconds since 1970; 0 where it does not say.
  package var tokenIssuedAt: UInt32
  package var remoteAddress: RemoteAddress
  package var userAgent: String?
  package var form: WireForm
  /// The index of the shard that serves the stream.
  package var shard: Int
  /// That shard's name for the client's socket; the hub only passes it on.
  package var socket: Int32

  package init(
    id: ConnectionID, user: UserID, client: ClientID? = nil, lastEventID: LastEventID = .none,
    topics: [TopicName] = [], fromStart: Bool = false, skipsGap: Bool = false, tokenExpiresAt: Int64? = nil,
    tokenIssuedAt: UInt32 = 0, remoteAddress: RemoteAddress = .unknown, userAgent: String? = nil,
    form: WireForm = .chunked, shard: Int = 0, socket: Int32 = -1
  ) {
    self.id = id
    self.user = user
    self.client = client
    self.lastEventID = lastEventID
    self.topics = topics
    self.fromStart = fromStart
    self.skipsGap = skipsGap
    self.tokenExpiresAt = tokenExpiresAt
    self.tokenIssuedAt = tokenIssuedAt
    self.remoteAddress = remoteAddress
    self.userAgent = userAgent
    self.form = form
    self.shard = shard
    self.socket = socket
  }
}

/// The hub's answer to a `ConnectionRequest`.
package enum Admission: Sendable {
  /// The stream is registered from this moment on: its shard has been told, and gets its events behind that.
  case opened(Opening)
  /// The client's last event id says that its stream was ended for good: `204 No Content`.
  case closedForGood
  /// The token was good until a moment ago: `401` or `403`.
  case tokenRefused(RevocationVerdict)
  /// The user has as many connections as allowed and the policy is to refuse: `429`.
  case userLimitReached
  /// The hub holds as many connections as it may: `503`.
  case full
  /// The hub is stopping: `503`.
  case draining

  package struct Opening: Sendable {
    package let stream: StreamRef
    /// The first bytes of the response's body, `open` and `welcome`, already framed.
    package let preamble: [UInt8]
    package let replay: ReplayOutcome
    /// The user's oldest connections, closed to make room.
    package let replaced: [Departure]
  }
}

/// Names a registered stream. A late instruction for a stream whose place was given to another is recognised by its
/// generation.
package struct StreamRef: Hashable, Sendable {
  private static let placeBits: UInt32 = 22
  /// Shards that can be told apart.
  package static let maxShards = 1 << (32 - placeBits)
  /// Places that one shard can have.
  package static let maxPlaces = 1 << placeBits

  /// Shard and place in one, so that a reference takes eight bytes.
  private let index: UInt32
  package let generation: UInt32

  package init(shard: Int, place: Int, generation: UInt32) {
    index = UInt32(truncatingIfNeeded: shard) << Self.placeBits | UInt32(truncatingIfNeeded: place)
    self.generation = generation
  }

  /// The index of its shard.
  package var shard: Int { Int(index >> Self.placeBits) }

  /// Its place in the shard's table.
  package var place: Int { Int(index & (1 << Self.placeBits - 1)) }
}

/// A connection that has left the hub, for the log.
package struct Departure: Sendable {
  package let connection: ConnectionID
  package let user: UserID
  package let client: ClientID?
  package let reason: CloseReason
  /// The sequence of the newest event that may have been queued to it.
  package let lastQueued: UInt64
}
