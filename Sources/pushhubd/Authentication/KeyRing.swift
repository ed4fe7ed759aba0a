import JWTKit

/// The keys that tokens are checked with, sorted by algorithm: a token's `alg` can only ever choose among the keys that
/// are for it, so a public key is never taken for a secret (RFC 8725 section 2.1).
struct KeyRing: Sendable {
  /// A token without `kid` is tried with every key of its algorithm, so the number bounds what a bad one
  /// costs: a check of EdDSA, the dearest, takes some 100 µs.
  static let maxKeys = 16

  private struct Verifier: Sendable {
    let id: KeyID?
    let algorithm: any JWTAlgorithm
  }

  private let verifiers: [SignatureAlgorithm: [Verifier]]
  /// Where no key has an id, a token's `kid` is only a hint that means nothing here (RFC 7515 section 4.1.4).
  private let keysHaveIDs: Bool

  /// At most `maxKeys`, no two with the same id.
  init(_ keys: [VerificationKey]) {
    var verifiers: [SignatureAlgorithm: [Verifier]] = [:]
    for key in keys {
      for (name, algorithm) in key.verifiers {
        verifiers[name, default: []].append(Verifier(id: key.id, algorithm: algorithm))
      }
    }
    self.verifiers = verifiers
    self.keysHaveIDs = keys.contains { $0.id != nil }
  }

  /// The algorithms that some key is for, in the order of their declaration.
  var algorithms: [SignatureAlgorithm] { SignatureAlgorithm.allCases.filter { verifiers[$0] != nil } }

  /// Checks the token's signature with the keys that its header asks for.
  func verify(_ token: CompactToken) throws(TokenRefusal) {
    guard let known = verifiers[token.header.algorithm] else { throw .algorithm }
    var isTried = false
    for verifier in known where isMeant(verifier, by: token.header.key) {
      isTried = true
      // jwt-kit throws where a signature has not even the right size; that is no better than a wrong one.
      if (try? verifier.algorithm.verify(token.signature, signs: token.signingInput)) == true { return }
    }
    throw isTried ? .badSignature : .unknownKey
  }

  private func isMeant(_ verifier: Verifier, by id: KeyID?) -> Bool {
    guard keysHaveIDs, let id else { return true }
    return verifier.id == id
  }
}
