import HubProtocol

/// Says whom a token speaks for. Its keys and rules never change: others are another authenticator.
///
/// Synchronous, and cheap enough for a shard's loop: with HS256 mostly the two hashes of the signature itself.
struct Authenticator: Sendable {
  /// What a token must say beside a good signature.
  struct Rules: Hashable, Sendable {
    /// What `iss` must be; nil: it is not looked at.
    let issuer: String?
    /// One of these `aud` must be or hold; where there is none, it is not looked at.
    let audiences: [String]
    /// The claim that names scopes; nil: any of those that are known.
    let scopeClaim: String?
    /// The claim that grants topics.
    let topicsClaim: String
    /// Milliseconds by which other clocks may be wrong: `exp` counts so much later, `nbf` so much earlier.
    let leeway: Int64

    /// The leeway is held between 0 and a day; more would be no clock's error.
    init(
      issuer: String? = nil, audiences: [String] = [], scopeClaim: String? = nil, topicsClaim: String = "topics",
      leeway: Int64 = 0
    ) {
      self.issuer = issuer
      self.audiences = audiences
      self.scopeClaim = scopeClaim
      self.topicsClaim = topicsClaim
      self.leeway = min(max(leeway, 0), 86_400_000)
    }
  }

  let keys: KeyRing
  let rules: Rules
  private let headers = RememberedHeader()

  init(keys: KeyRing, rules: Rules) {
    self.keys = keys
    self.rules = rules
  }

  /// - Parameters:
  ///   - token: as it came, without what was around it.
  ///   - now: milliseconds of the wall clock since 1970.
  func authenticate(_ token: some StringProtocol, now: Int64) throws(TokenRefusal) -> Principal {
    // Before anything is copied.
    guard token.utf8.count <= CompactToken.maxBytes else { throw .tooLarge }
    // Copied as a whole, where `Array(token.utf8)` goes byte by byte.
    let bytes = token.utf8.withContiguousStorageIfAvailable { Array($0) } ?? Array(token.utf8)
    let token = try CompactToken(bytes, headers: headers)
    try keys.verify(token)
    guard let payload = Base64URL.decode(token.encodedPayload) else { throw .malformed }
    return try principal(Claims(payload), now: now)
  }

  private func principal(_ claims: Claims, now: Int64) throws(TokenRefusal) -> Principal {
    let expiry = try claims.date("exp")
    let start = try claims.date("nbf")
    // No overflow: dates end with the year 9999, and the leeway with a day.
    if let expiry, now >= expiry + rules.leeway { throw .expired }
    if let start, now < start - rules.leeway { throw .notYetValid }
    if let issuer = rules.issuer, !claims.isIssued(by: issuer) { throw .wrongIssuer }
    if !rules.audiences.isEmpty, !claims.isMeant(forOneOf: rules.audiences) { throw .wrongAudience }
    return try Principal(
      user: claims.user(), scopes: claims.scopes(in: rules.scopeClaim), topics: claims.grants(in: rules.topicsClaim),
      publishableTopics: claims.grants(in: Claims.publishClaim), expiresAt: expiry)
  }
}
