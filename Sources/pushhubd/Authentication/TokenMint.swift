import HubCore
import HubProtocol

/// Makes HS256 tokens from a secret: for a hub that is only tried out, and for tests.
struct TokenMint: Sendable {
  private static let header = #"{"alg":"HS256","typ":"JWT"}"#

  private let code: MessageCode

  /// The secret is that of the hub's key file, without a line break at the end.
  init(secret: [UInt8]) throws {
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw KeyFileError("holds a secret of less than \(VerificationKey.minSecretBytes) bytes")
    }
    code = try MessageCode(secret: secret, hash: .sha256)
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
    let payload = JSONText.object { claims in
      claims.member("sub", user.text)
      let names = Scopes.names.filter { scopes.contains($0.scope) }.map(\.name)
      if !names.isEmpty { claims.member("scope", names.joined(separator: " ")) }
      if !topics.isEmpty { claims.member("topics", topics.joined(separator: " ")) }
      claims.member("iat", now / 1000)
      if let seconds { claims.member("exp", now / 1000 + seconds) }
    }
    return sign(payload: payload)
  }

  /// A token with just this payload, which need not make sense; nil where memory has run out.
  func sign(header: String = Self.header, payload: some Collection<UInt8>) -> String? {
    let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload)
    return code.code(of: input.utf8).map { input + "." + Base64URL.encode($0) }
  }
}
