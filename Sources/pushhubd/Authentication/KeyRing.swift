/// The keys that tokens are checked with, sorted by algorithm: a token's `alg` can only ever choose among the keys that
/// are for it, so a public key is never taken for a secret (RFC 8725 section 2.1).
struct KeyRing: Sendable {
  /// More than any rotation needs.
  static let maxKeys = 16
  /// So many keys at most are tried for one token, which bounds what a bad one costs anybody to send: a check of EdDSA,
  /// the dearest, takes some 100 µs.
  static let maxTried = 4

  private struct Key: Sendable {
    let id: KeyID?
    let verifier: VerificationKey.Verifier
  }

  /// For each algorithm the keys without an id first: no token can name them.
  private let keys: [SignatureAlgorithm: [Key]]
  /// Where no key has an id, a token's `kid` is only a hint that means nothing here (RFC 7515 section 4.1.4).
  private let keysHaveIDs: Bool

  /// At most `maxKeys`. Of one algorithm at most `maxTried` with the same id, or without one: others are never tried.
  init(_ keys: [VerificationKey]) {
    var sorted: [SignatureAlgorithm: [Key]] = [:]
    for key in keys.filter({ $0.id == nil }) + keys.filter({ $0.id != nil }) {
      for (algorithm, verifier) in key.verifiers {
        sorted[algorithm, default: []].append(Key(id: key.id, verifier: verifier))
      }
    }
    self.keys = sorted
    self.keysHaveIDs = keys.contains { $0.id != nil }
  }

  /// The algorithms that some key is for, in the order of their declaration.
  var algorithms: [SignatureAlgorithm] { SignatureAlgorithm.allCases.filter { keys[$0] != nil } }

  /// Whether signatures of some keys are made with another key than the one that checks them.
  var hasPublicKeys: Bool { keys.keys.contains { !SignatureAlgorithm.hmac.contains($0) } }

  /// Whether whoever knows some key can make signatures with it.
  var hasSecrets: Bool { keys.keys.contains { SignatureAlgorithm.hmac.contains($0) } }

  /// The key to sign with: of the secrets the one that was added last, as a rule the newest; nil without any.
  var signingKey: SigningKey? {
    for algorithm in SignatureAlgorithm.hmac {
      guard let key = keys[algorithm]?.last, case .code(let code) = key.verifier else { continue }
      return SigningKey(algorithm: algorithm, id: key.id, signer: .code(code))
    }
    return nil
  }

  /// Checks the token's signature with the keys that its header asks for; several may have one id (RFC 7517 section
  /// 4.5).
  func verify(_ token: CompactToken) throws(TokenRefusal) {
    let algorithm = token.header.algorithm
    guard let known = keys[algorithm] else { throw .otherAlgorithm(algorithm, accepted: algorithms) }
    let id = keysHaveIDs ? token.header.key : nil
    let meant = id == nil ? known : known.filter { $0.id == id }
    for key in meant.prefix(Self.maxTried) where key.verifier.isSignature(token.signature, of: token.signingInput) {
      return
    }
    if let id, meant.isEmpty { throw .unknownKey(id: id.text) }
    throw meant.count > Self.maxTried
      ? .keyNotNamed(algorithm) : .badSignature(algorithm, bytes: token.signature.count)
  }
}
