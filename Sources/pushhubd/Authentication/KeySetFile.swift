import HubCore
import JWTKit

/// A JWK Set (RFC 7517 section 5): each key by its `kid`, so that an old and a new one are valid at once.
///
/// A key that is not for checking signatures (`use`, `key_ops`) is left out, since identity providers list keys for
/// encryption beside the others. Every other key must be good: one that is left out without a word would show only when
/// the tokens of half the users are refused.
struct KeySetFile {
  private(set) var keys: [VerificationKey] = []
  private var used: [String] = []
  private var unused: [String] = []

  init(_ json: [UInt8]) async throws(KeyFileError) {
    guard let set = JSONObject(unambiguous: json) else {
      throw KeyFileError("begins like a JWK Set, but is no JSON object, or has a member twice")
    }
    guard let elements = set["keys"]?.elements, elements.allSatisfy({ $0.kind == .object }) else {
      throw KeyFileError("holds no JWK Set: the member “keys” must be an array of keys")
    }
    guard elements.count <= KeyRing.maxKeys else {
      throw KeyFileError("holds \(elements.count) keys; it may hold \(KeyRing.maxKeys)")
    }
    for (index, element) in elements.enumerated() { try await add(element, number: index + 1) }
    guard !keys.isEmpty else { throw KeyFileError("holds a JWK Set without a key for signatures") }
  }

  /// What is used and what is not, for people.
  var summary: String {
    let list = "a JWK Set: " + used.joined(separator: ", ")
    return unused.isEmpty ? list : list + "; not for signatures: " + unused.joined(separator: ", ")
  }

  private mutating func add(_ element: JSONValue, number: Int) async throws(KeyFileError) {
    guard let members = element.object, members.duplicateName == nil else {
      throw KeyFileError("holds a key that has a member twice (key \(number))")
    }
    let jwk = try JSONWebKey(members, number: number)
    guard jwk.isForSignatures else {
      unused.append(jwk.name)
      return
    }
    if let id = jwk.id, keys.contains(where: { $0.id == id }) {
      throw KeyFileError("holds two keys with the same “kid” (\(jwk.name))")
    }
    let key = try await jwk.verificationKey()
    keys.append(key)
    let algorithms = SignatureAlgorithm.allCases.filter { key.verifiers[$0] != nil }.map(\.rawValue)
    used.append("\(jwk.name) (\(algorithms.joined(separator: ", ")))")
  }
}

/// One key of a set (RFC 7517 section 4), not read yet.
private struct JSONWebKey {
  let members: JSONObject
  let id: KeyID?
  /// How messages name the key: by its id, where that can be shown, or by its place.
  let name: String

  init(_ members: JSONObject, number: Int) throws(KeyFileError) {
    self.members = members
    guard let kid = members["kid"] else {
      id = nil
      name = "key \(number)"
      return
    }
    guard let text = kid.string, let id = KeyID(text) else {
      throw KeyFileError("holds a key whose “kid” is no string of 1 to \(KeyID.maxBytes) bytes (key \(number))")
    }
    self.id = id
    name = quoted(text)
  }

  /// Whether `use` and `key_ops`, where they are there, allow to check signatures (sections 4.2 and 4.3).
  var isForSignatures: Bool {
    if let use = members["use"], !use.isText("sig") { return false }
    guard let operations = members["key_ops"] else { return true }
    return operations.elements?.contains { $0.isText("verify") } ?? false
  }

  func verificationKey() async throws(KeyFileError) -> VerificationKey {
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
      default: throw refusal("is of a kind that is not supported; “kty” may be RSA, EC, OKP or oct")
      }
    } catch let error as KeyFileError {
      throw error
    } catch {
      // jwt-kit says little more than that; what it checks is this.
      throw refusal("is not valid, or too weak: RSA takes at least 2048 bits, EC a point on P-256")
    }
  }

  private func secret() async throws -> VerificationKey {
    let secret = try encoded("k").bytes
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw refusal("has a secret of \(secret.count) bytes; it takes at least \(VerificationKey.minSecretBytes)")
    }
    guard let name = members["alg"] else { return try await VerificationKey(secret: secret, id: id) }
    guard let algorithm = SignatureAlgorithm.hmac.first(where: { name.isText($0.rawValue) }) else {
      throw refusal("is for an algorithm that is not supported; with “oct” it may be HS256, HS384 or HS512")
    }
    return try await VerificationKey(secret: secret, algorithms: [algorithm], id: id)
  }

  /// `alg` may be left out (section 4.4).
  private func require(algorithm: SignatureAlgorithm) throws(KeyFileError) {
    if let name = members["alg"], !name.isText(algorithm.rawValue) {
      throw refusal("is for an algorithm that is not supported; with this kind of key it may be \(algorithm.rawValue)")
    }
  }

  private func require(curve: String) throws(KeyFileError) {
    guard members["crv"]?.isText(curve) == true else {
      throw refusal("is on a curve that is not supported; with this kind of key it may be \(curve)")
    }
  }

  private func refusePrivate() throws(KeyFileError) {
    if members["d"] != nil { throw refusal("is a private key; the hub needs the public part alone") }
  }

  /// A member that is base64url, of just so many bytes.
  private func encoded(_ member: String, bytes count: Int? = nil) throws(KeyFileError) -> (text: String, bytes: [UInt8])
  {
    guard let text = members[member]?.string, let bytes = Base64URL.decode(text.utf8), !bytes.isEmpty else {
      throw refusal("needs “\(member)”, in base64url without padding")
    }
    if let count, bytes.count != count { throw refusal("has \(bytes.count) bytes in “\(member)”, and not \(count)") }
    return (text, bytes)
  }

  private func refusal(_ reason: String) -> KeyFileError { KeyFileError("holds a key that \(reason) (\(name))") }
}
