/// Says whom a token speaks for. Its keys and settings never change: others are another authenticator.
///
/// Synchronous, and cheap enough for a shard's loop: with HS256 mostly the two hashes of the signature itself.
struct Authenticator: Sendable {
  let keys: KeyRing
  /// What a token must say beside a good signature.
  let settings: Settings.Auth
  private let headers = RememberedHeader()

  init(keys: KeyRing, settings: Settings.Auth = Settings.Auth()) {
    self.keys = keys
    self.settings = settings
  }

  /// - Parameters:
  ///   - token: as it came, without what was around it.
  ///   - now: milliseconds of the wall clock since 1970.
  func authenticate(_ token: some StringProtocol, now: Int64) throws(TokenRefusal) -> Principal {
    try principal(claims(of: token), now: now)
  }

  /// What a token says, if its signature is good.
  func claims(of token: some StringProtocol) throws(TokenRefusal) -> Claims {
    // Before anything is copied.
    guard token.utf8.count <= CompactToken.maxBytes else { throw .tooLarge(bytes: token.utf8.count) }
    // Copied as a whole, where `Array(token.utf8)` goes byte by byte.
    let bytes = token.utf8.withContiguousStorageIfAvailable { Array($0) } ?? Array(token.utf8)
    let token = try CompactToken(bytes, headers: headers)
    try keys.verify(token)
    return try Claims(CompactToken.decode(token.encodedPayload, .claims))
  }

  func principal(_ claims: Claims, now: Int64) throws(TokenRefusal) -> Principal {
    let expiry = try claims.date("exp")
    let start = try claims.date("nbf")
    let issue = try claims.date("iat")
    // No overflow: dates end with the year 9999, and the leeway with a day (`SettingKey`).
    let leeway = settings.leeway
    if let expiry, now >= expiry + leeway { throw .expired(at: expiry, now: now, leeway: leeway) }
    if let start, now < start - leeway { throw .notYetValid(until: start, now: now, leeway: leeway) }
    if let issuer = settings.issuer, !claims.isIssued(by: issuer) {
      throw .wrongIssuer(claims.json(of: "iss"), right: issuer)
    }
    if !settings.audiences.isEmpty, !claims.isMeant(forOneOf: settings.audiences) {
      throw .wrongAudience(claims.json(of: "aud"), right: settings.audiences)
    }
    return try Principal(
      user: claims.user(), scopes: claims.scopes(in: settings.scopeClaim),
      topics: claims.grants(in: settings.topicsClaim), publishableTopics: claims.grants(in: Claims.publishClaim),
      expiresAt: expiry, issuedAt: (issue ?? 0) / 1000)
  }
}
