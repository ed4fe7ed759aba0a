import HubCore
import JWTKit

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
  func verificationKey() async throws(KeyFileError) -> VerificationKey? {
    guard isForSignatures else { return nil }
    do {
      switch members["kty"]?.string {
      case "oct": return try await secret()
      case "RSA":
        try require(algorithm: .rs256)
        try refusePrivate()
        let key = try Insecure.RSA.PublicKey(modulus: encoded("n").text, exponent: encoded("e").text)
        return try await VerificationKey(rsa: key, id: id)
      case "EC":
        try require(curve: "P-256")
        try require(algorithm: .es256)
        try refusePrivate()
        let point = try (x: encoded("x", bytes: 32).text, y: encoded("y", bytes: 32).text)
        return try await VerificationKey(p256: ES256PublicKey(parameters: point), id: id)
      case "OKP":
        try require(curve: "Ed25519")
        try require(algorithm: .edDSA)
        try refusePrivate()
        let key = try EdDSA.PublicKey(x: encoded("x", bytes: 32).text, curve: .ed25519)
        return try await VerificationKey(ed25519: key, id: id)
      default: throw KeyFileError("is of a kind that is not supported; “kty” may be RSA, EC, OKP or oct")
      }
    } catch let error as KeyFileError {
      throw error
    } catch {
      // jwt-kit says little more than that; what it checks is this.
      throw KeyFileError("is not valid, or too weak: RSA takes at least 2048 bits, EC a point on P-256")
    }
  }

  /// Whether `use` and `key_ops`, where they are there, allow to check signatures (sections 4.2 and 4.3).
  private var isForSignatures: Bool {
    if let use = members["use"], !use.isText("sig") { return false }
    guard let operations = members["key_ops"] else { return true }
    return operations.elements?.contains { $0.isText("verify") } ?? false
  }

  private func secret() async throws -> VerificationKey {
    let secret = try encoded("k").bytes
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw KeyFileError("has a secret of \(secret.count) bytes; it takes at least \(VerificationKey.minSecretBytes)")
    }
    guard let name = members["alg"] else { return try await VerificationKey(secret: secret, id: id) }
    guard let algorithm = SignatureAlgorithm.hmac.first(where: { name.isText($0.rawValue) }) else {
      throw KeyFileError("is for an algorithm that is not supported; with “oct” it may be HS256, HS384 or HS512")
    }
    return try await VerificationKey(secret: secret, algorithms: [algorithm], id: id)
  }

  /// `alg` may be left out (section 4.4).
  private func require(algorithm: SignatureAlgorithm) throws(KeyFileError) {
    if let name = members["alg"], !name.isText(algorithm.rawValue) {
      throw KeyFileError(
        "is for an algorithm that is not supported; with this kind of key it may be \(algorithm.rawValue)")
    }
  }

  private func require(curve: String) throws(KeyFileError) {
    guard members["crv"]?.isText(curve) == true else {
      throw KeyFileError("is on a curve that is not supported; with this kind of key it may be \(curve)")
    }
  }

  private func refusePrivate() throws(KeyFileError) {
    if members["d"] != nil { throw KeyFileError("is a private key; the hub needs the public part alone") }
  }

  /// A member that is base64url, of just so many bytes.
  private func encoded(_ member: String, bytes count: Int? = nil) throws(KeyFileError) -> (text: String, bytes: [UInt8])
  {
    guard let text = members[member]?.string, let bytes = Base64URL.decode(text.utf8), !bytes.isEmpty else {
      throw KeyFileError("needs “\(member)”, in base64url without padding")
    }
    if let count, bytes.count != count {
      throw KeyFileError("has \(bytes.count) bytes in “\(member)”, and not \(count)")
    }
    return (text, bytes)
  }
}
