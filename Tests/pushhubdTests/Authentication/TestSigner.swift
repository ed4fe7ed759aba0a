import HubCore
import HubProtocol

@testable import pushhubd

/// Signs tokens of every kind, also those that no issuer would make.
struct TestSigner: Sendable {
  static let secret = [UInt8]("a-secret-for-tests-that-is-longer-than-sixty-four-bytes-as-HS512-wants-it".utf8)

  let name: String
  private let sign: @Sendable ([UInt8]) throws -> [UInt8]

  static func hmac(_ hash: MessageCode.Hash = .sha256, secret: [UInt8] = Self.secret) throws -> TestSigner {
    let code = try MessageCode(secret: secret, hash: hash)
    return TestSigner(name: "HS\(hash.bits)") { code.code(of: $0) ?? [] }
  }

  static func rsa(_ hash: MessageCode.Hash = .sha256) throws -> TestSigner {
    let key = try TestPrivateKey(pem: KeyFixtures.rsaPrivate)
    return TestSigner(name: "RS\(hash.bits)") { try key.sign($0, hash: hash) }
  }

  static func p256(_ key: TestPrivateKey? = nil) throws -> TestSigner {
    let key = try key ?? TestPrivateKey(pem: KeyFixtures.p256Private)
    return TestSigner(name: "ES256") { try key.sign($0, hash: .sha256) }
  }

  static func ed25519(_ key: TestPrivateKey? = nil) throws -> TestSigner {
    let key = try key ?? TestPrivateKey(pem: KeyFixtures.ed25519Private)
    return TestSigner(name: "EdDSA") { try key.sign($0, hash: .sha256) }
  }

  private init(name: String, _ sign: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
    self.name = name
    self.sign = sign
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
    return try input + "." + Base64URL.encode(sign(Array(input.utf8)))
  }
}

extension MessageCode.Hash {
  fileprivate var bits: Int { self == .sha256 ? 256 : self == .sha384 ? 384 : 512 }
}

extension Authenticator {
  /// With the one key file, for tests.
  init(_ keyFile: String, type: KeyType = .automatic, settings: Settings.Auth = .init()) throws {
    self.init(keys: try KeyFile(contents: Array(keyFile.utf8), type: type).keys, settings: settings)
  }

  /// The user that the token speaks for, or why it does not.
  func outcome(_ token: String, now: Int64 = 1_700_000_000_000) -> Result<Principal, TokenRefusal> {
    do throws(TokenRefusal) { return .success(try authenticate(token, now: now)) } catch { return .failure(error) }
  }
}

extension Result where Success == Principal, Failure == TokenRefusal {
  var user: String? { try? get().user.text }

  var refusal: TokenRefusal.Reason? {
    switch self {
    case .success: nil
    case .failure(let refusal): refusal.reason
    }
  }
}
