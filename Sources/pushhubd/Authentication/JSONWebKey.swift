import HubCore
import HubProtocol

/// One key of a set (RFC 7517 section 4), not read yet.
struct JSONWebKey {
  private let members: JSONObject
  private let id: KeyID?

  init(_ members: JSONObject) throws(KeyFileError) {
    self.members = members
    guard let kid = members["kid"] else {
      id = nil
      return
    }
    guard let text = kid.string, let id = KeyID(text) else {
      throw KeyFileError("its “kid” is no string of 1 to \(KeyID.maxBytes) bytes")
    }
    self.id = id
  }

  /// The key, or why the hub cannot use it; nil where it is not for signatures.
  func verificationKey() throws(KeyFileError) -> VerificationKey? {
    guard isForSignatures else { return nil }
    let kind = members["kty"]?.string
    if kind == "oct" { return try secret() }
    guard let key = try publicKey(of: kind) else {
      throw KeyFileError("is not valid, or too weak: RSA takes at least 2048 bits, EC a point on P-256")
    }
    return VerificationKey(key, id: id)
  }

  private func publicKey(of kind: String?) throws(KeyFileError) -> PublicKey? {
    switch kind {
    case "RSA":
      try requirePublic(for: .rs256)
      return try PublicKey(modulus: bytes("n"), exponent: bytes("e"))
    case "EC":
      try require(curve: "P-256")
      try requirePublic(for: .es256)
      return try PublicKey(x: bytes("x", count: 32), y: bytes("y", count: 32))
    case "OKP":
      try require(curve: "Ed25519")
      try requirePublic(for: .edDSA)
      return try PublicKey(ed25519: bytes("x", count: 32))
    default: throw KeyFileError("is of a kind that is not supported; “kty” may be RSA, EC, OKP or oct")
    }
  }

  /// Whether `use` and `key_ops`, where they are there, allow to check signatures (sections 4.2 and 4.3).
  private var isForSignatures: Bool {
    if let use = members["use"], !use.isText("sig") { return false }
    guard let operations = members["key_ops"] else { return true }
    return operations.elements?.contains { $0.isText("verify") } ?? false
  }

  private func secret() throws(KeyFileError) -> VerificationKey {
    let secret = try bytes("k")
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw KeyFileError("has a secret of \(secret.count) bytes; it takes at least \(VerificationKey.minSecretBytes)")
    }
    var algorithms = SignatureAlgorithm.hmac
    if let name = members["alg"] {
      algorithms = algorithms.filter { name.isText($0.rawValue) }
      guard !algorithms.isEmpty else {
        throw KeyFileError("is for an algorithm that is not supported; with “oct” it may be HS256, HS384 or HS512")
      }
    }
    do throws(CryptographyError) {
      return try VerificationKey(secret: secret, algorithms: algorithms, id: id)
    } catch { throw KeyFileError("has a secret that cannot be used: \(error)") }
  }

  /// `alg` may be left out (section 4.4).
  private func requirePublic(for algorithm: SignatureAlgorithm) throws(KeyFileError) {
    if let name = members["alg"], !name.isText(algorithm.rawValue) {
      throw KeyFileError(
        "is for an algorithm that is not supported; with this kind of key it may be \(algorithm.rawValue)")
    }
    if members["d"] != nil { throw KeyFileError("is a private key; the hub needs the public part alone") }
  }

  private func require(curve: String) throws(KeyFileError) {
    guard members["crv"]?.isText(curve) == true else {
      throw KeyFileError("is on a curve that is not supported; with this kind of key it may be \(curve)")
    }
  }

  /// A member that is base64url, of just so many bytes.
  private func bytes(_ member: String, count: Int? = nil) throws(KeyFileError) -> [UInt8] {
    guard let text = members[member]?.string, let bytes = Base64URL.decode(text.utf8), !bytes.isEmpty else {
      throw KeyFileError("needs “\(member)”, in base64url without padding")
    }
    if let count, bytes.count != count {
      throw KeyFileError("has \(bytes.count) bytes in “\(member)”, and not \(count)")
    }
    return bytes
  }
}
