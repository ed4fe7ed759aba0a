import HubCore
import JWTKit

/// The name that a key has in a key set and a token's header: `kid`, 1 to 256 bytes, compared byte by byte.
struct KeyID: ExactName {
  static let maxBytes = 256

  let text: String

  init?(_ text: String) {
    let size = text.utf8.count
    guard size >= 1, size <= Self.maxBytes else { return nil }
    self.text = text
  }
}

/// One key, with the algorithms that it is for: it checks no signature of another one.
///
/// jwt-kit reads the keys and checks the signatures, by swift-crypto. Its `JWTKeyCollection` serves only to make the
/// algorithm, once per key. To verify with the collection is ten times the work of an HS256 check (an actor's hop, a
/// `JSONDecoder`), and it takes the default key where `kid` is unknown, does not compare `alg` with the key's, and keeps
/// one of duplicate claims.
struct VerificationKey: Sendable {
  /// Bytes of the shortest secret (RFC 7518 section 3.2, for HS256).
  static let minSecretBytes = 32

  let id: KeyID?
  let verifiers: [SignatureAlgorithm: any JWTAlgorithm]

  /// A shared secret of at least `minSecretBytes`, for those of the HS algorithms that are given.
  init(secret: [UInt8], algorithms: [SignatureAlgorithm] = SignatureAlgorithm.hmac, id: KeyID? = nil) async throws {
    var verifiers: [SignatureAlgorithm: any JWTAlgorithm] = [:]
    for algorithm in algorithms {
      guard let (digest, digestBytes) = Self.digest(of: algorithm) else { continue }
      // HMAC itself pads a key with zeros to its hash's block (RFC 2104 section 2), so the codes are the same; jwt-kit
      // wants to see a key as long as the hash.
      let padding = [UInt8](repeating: 0, count: max(0, digestBytes - secret.count))
      let key = HMACKey(from: secret + padding)
      verifiers[algorithm] = try await JWTKeyCollection().add(hmac: key, digestAlgorithm: digest).getKey()
    }
    self.verifiers = verifiers
    self.id = id
  }

  init(rsa key: Insecure.RSA.PublicKey, id: KeyID? = nil) async throws {
    verifiers = [.rs256: try await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256).getKey()]
    self.id = id
  }

  init(p256 key: ES256PublicKey, id: KeyID? = nil) async throws {
    verifiers = [.es256: try await JWTKeyCollection().add(ecdsa: key).getKey()]
    self.id = id
  }

  init(ed25519 key: EdDSA.PublicKey, id: KeyID? = nil) async throws {
    verifiers = [.edDSA: try await JWTKeyCollection().add(eddsa: key).getKey()]
    self.id = id
  }

  private static func digest(of algorithm: SignatureAlgorithm) -> (algorithm: DigestAlgorithm, bytes: Int)? {
    switch algorithm {
    case .hs256: (.sha256, 32)
    case .hs384: (.sha384, 48)
    case .hs512: (.sha512, 64)
    case .rs256, .es256, .edDSA: nil
    }
  }
}
