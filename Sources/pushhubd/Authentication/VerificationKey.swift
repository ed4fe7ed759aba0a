import HubCore
import HubProtocol

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
struct VerificationKey: Sendable {
  /// What checks the signatures of one algorithm.
  enum Verifier: Sendable {
    case code(MessageCode)
    case publicKey(PublicKey)

    func isSignature(_ signature: [UInt8], of bytes: ArraySlice<UInt8>) -> Bool {
      switch self {
      case .code(let code): code.isCode(signature, of: bytes)
      case .publicKey(let key): key.isSignature(signature, of: bytes)
      }
    }
  }

  /// Bytes of the shortest secret (RFC 7518 section 3.2, for HS256).
  static let minSecretBytes = 32

  let id: KeyID?
  let verifiers: [SignatureAlgorithm: Verifier]

  /// A shared secret of at least `minSecretBytes`, for those of the HS algorithms that are given.
  init(
    secret: [UInt8], algorithms: [SignatureAlgorithm] = SignatureAlgorithm.hmac, id: KeyID? = nil
  ) throws(CryptographyError) {
    var verifiers: [SignatureAlgorithm: Verifier] = [:]
    for algorithm in algorithms {
      guard let hash = algorithm.hash else { continue }
      verifiers[algorithm] = .code(try MessageCode(secret: secret, hash: hash))
    }
    self.verifiers = verifiers
    self.id = id
  }

  init(_ key: PublicKey, id: KeyID? = nil) {
    verifiers = [key.kind.algorithm: .publicKey(key)]
    self.id = id
  }
}

extension SignatureAlgorithm {
  fileprivate var hash: MessageCode.Hash? {
    switch self {
    case .hs256: .sha256
    case .hs384: .sha384
    case .hs512: .sha512
    case .rs256, .es256, .edDSA: nil
    }
  }
}

extension PublicKey.Kind {
  /// The one that such a key is for.
  var algorithm: SignatureAlgorithm {
    switch self {
    case .rsa: .rs256
    case .p256: .es256
    case .ed25519: .edDSA
    }
  }
}
