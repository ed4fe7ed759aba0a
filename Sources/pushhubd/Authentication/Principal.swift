import HubCore

/// Whom a valid token speaks for, and what it lets them do.
struct Principal: Hashable, Sendable {
  let user: UserID
  let scopes: Scopes
  /// The claim `exp` in milliseconds of the wall clock, the leeway not added; nil where the token does not expire.
  ///
  /// At most the end of the year 9999, so that it can be written as a time stamp and added to.
  let expiresAt: Int64?
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
  init(named name: some Sequence<UInt8>) {
    self = Self.names.first { $0.name.utf8.elementsEqual(name) }?.scope ?? []
  }
}
