import HubCore
import JWTKit

@testable import pushhubd

/// Signs tokens of every kind, also those that no issuer would make.
struct TestSigner: Sendable {
  static let secret = [UInt8]("a-secret-for-tests-that-is-longer-than-sixty-four-bytes-as-HS512-wants-it".utf8)

  let name: String
  private let algorithm: any JWTAlgorithm

  static func hmac(_ digest: DigestAlgorithm = .sha256, secret: [UInt8] = Self.secret) async throws -> TestSigner {
    try await TestSigner(JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: digest).getKey())
  }

  static func rsa(_ digest: DigestAlgorithm = .sha256) async throws -> TestSigner {
    let key = try Insecure.RSA.PrivateKey(pem: KeyFixtures.rsaPrivate)
    return try await TestSigner(JWTKeyCollection().add(rsa: key, digestAlgorithm: digest).getKey())
  }

  static func p256(_ key: ES256PrivateKey? = nil) async throws -> TestSigner {
    let key = try key ?? ES256PrivateKey(pem: KeyFixtures.p256Private)
    return try await TestSigner(JWTKeyCollection().add(ecdsa: key).getKey())
  }

  static func ed25519(_ key: EdDSA.PrivateKey? = nil) async throws -> TestSigner {
    let key = try key ?? EdDSA.PrivateKey(pem: KeyFixtures.ed25519Private)
    return try await TestSigner(JWTKeyCollection().add(eddsa: key).getKey())
  }

  init(_ algorithm: any JWTAlgorithm) {
    self.algorithm = algorithm
    self.name = algorithm.name
  }

  /// A token with these claims, by default a good one.
  func token(_ claims: String = #"{"sub":"42"}"#, kid: String? = nil) throws -> String {
    let kid = kid.map { #","kid":"\#($0)""# } ?? ""
    return try token(header: #"{"typ":"JWT","alg":"\#(name)"\#(kid)}"#, claims)
  }

  func token(header: String, _ claims: String = #"{"sub":"42"}"#) throws -> String {
    try token(parts: Base64URL.encode(header.utf8), Base64URL.encode(claims.utf8))
  }

  /// A token whose two parts are taken as they are.
  func token(parts header: String, _ payload: String) throws -> String {
    let input = header + "." + payload
    return try input + "." + Base64URL.encode(algorithm.sign(Array(input.utf8)))
  }
}

extension Authenticator {
  /// With the one key file, for tests.
  init(_ keyFile: String, type: KeyType = .automatic, rules: Rules = Rules()) async throws {
    self.init(keys: try await KeyFile(contents: Array(keyFile.utf8), type: type).keys, rules: rules)
  }

  /// The user that the token speaks for, or why it does not.
  func outcome(_ token: String, now: Int64 = 1_700_000_000_000) -> Result<Principal, TokenRefusal> {
    do throws(TokenRefusal) { return .success(try authenticate(token, now: now)) } catch { return .failure(error) }
  }
}

extension Result where Success == Principal, Failure == TokenRefusal {
  var user: String? { try? get().user.text }

  var refusal: TokenRefusal? {
    switch self {
    case .success: nil
    case .failure(let refusal): refusal
    }
  }
}
