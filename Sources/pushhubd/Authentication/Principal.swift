import HubCore
import HubProtocol

/// Whom a valid token speaks for, and what it lets them do.
struct Principal: Hashable, Sendable {
  let user: UserID
  let scopes: Scopes
  /// What connections may ask for.
  let topics: TopicGrants
  /// What may be published to over HTTP without the scope to publish.
  let publishableTopics: TopicGrants
  /// The claim `exp` in milliseconds of the wall clock, the leeway not added; nil where the token does not expire.
  ///
  /// At most the end of the year 9999, so that it can be written as a time stamp and added to.
  let expiresAt: Int64?
  /// The claim `iat` in whole seconds since 1970; 0 where there is none, which is before any revocation.
  let issuedAt: Int64
  /// The same as the hub remembers it with each connection, until 2106.
  var issueSecond: UInt32 { UInt32(clamping: issuedAt) }

  init(
    user: UserID, scopes: Scopes, topics: TopicGrants = .none, publishableTopics: TopicGrants = .none,
    expiresAt: Int64?, issuedAt: Int64 = 0
  ) {
    self.user = user
    self.scopes = scopes
    self.topics = topics
    self.publishableTopics = publishableTopics
    self.expiresAt = expiresAt
    self.issuedAt = issuedAt
  }
}

/// The OAuth scopes (RFC 6749 section 3.3) that the hub knows; it ignores others. None of them includes another.
struct Scopes: OptionSet, Hashable, Sendable {
  /// `pushhub:publish`: send and broadcast.
  static let publish = Scopes(rawValue: 1 << 0)
  /// `pushhub:admin`: figures, metrics, and other users' connections.
  static let admin = Scopes(rawValue: 1 << 1)

  static let names: [(scope: Scopes, name: String)] = [(.publish, "pushhub:publish"), (.admin, "pushhub:admin")]

  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The scope of that name, compared byte by byte; none where the hub does not know it.
  init(named name: Span<UInt8>) {
    var found: Scopes = []
    for (scope, text) in Self.names where name.isSame(as: text) { found = scope }
    self = found
  }

  /// Those of a list with blanks between them (RFC 6749 section 3.3).
  init(list text: String) {
    self = []
    let bytes = text.utf8.span
    var start = 0
    while start < bytes.count {
      let end = bytes.index(of: UInt8(ascii: " "), in: start..<bytes.count)
      formUnion(Scopes(named: bytes.extracting(start..<end)))
      start = end + 1
    }
  }
}
