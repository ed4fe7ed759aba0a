import HubCore
import HubProtocol

/// Makes tokens: for `pushhubd token`, for a hub that is only tried out, and for tests.
struct TokenMint: Sendable {
  private let key: SigningKey

  init(key: SigningKey) { self.key = key }

  /// Of HS256, with the secret of the hub's key file, without a line break at the end.
  init(secret: [UInt8]) throws {
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw KeyFileError("holds a secret of less than \(VerificationKey.minSecretBytes) bytes")
    }
    key = SigningKey(
      algorithm: .hs256, id: nil, signer: .code(try MessageCode(secret: secret, hash: .sha256)))
  }

  /// A new secret of 256 random bits as base64url text, without a line break.
  static func randomSecret() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<VerificationKey.minSecretBytes).map { _ in UInt8.random(in: 0...UInt8.max, using: &random) }
    return Array(Base64URL.encode(bytes).utf8)
  }

  /// A token for a user, valid from now (milliseconds of the wall clock) for so many seconds, or for good; nil where memory
  /// has run out.
  ///
  /// - Parameter topics: the names and patterns that it grants.
  func token(user: UserID, scopes: Scopes, topics: [String] = [], now: Int64, lifetime seconds: Int64?) -> String? {
    let names = Scopes.names.filter { scopes.contains($0.scope) }.map(\.name)
    // With the default settings no claim is set twice.
    let claims = try? TokenClaims(user: user, scopes: names, topics: topics, now: now, lifetime: seconds)
    return claims.flatMap { sign(payload: $0.json) }
  }

  /// A token with just this payload, which need not make sense; nil where memory has run out.
  ///
  /// - Parameter header: nil for the one that belongs to the key.
  func sign(header: String? = nil, payload: some Collection<UInt8>) -> String? {
    let input = Base64URL.encode(header.map { Array($0.utf8) } ?? self.header) + "." + Base64URL.encode(payload)
    return key.signature(of: Array(input.utf8)).map { input + "." + Base64URL.encode($0) }
  }

  private var header: [UInt8] {
    JSONText.object { header in
      header.member("alg", key.algorithm.rawValue)
      header.member("typ", "JWT")
      if let id = key.id { header.member("kid", id.text) }
    }
  }
}
