import JWTKit

/// A PEM public key (RFC 7468 section 13): RSA, EC on P-256, or Ed25519. jwt-kit reads all three.
enum PublicKeyPEM {
  /// The key, and what it is for people.
  static func key(_ text: String) async throws(KeyFileError) -> (VerificationKey, summary: String) {
    try checkLabels(text)
    let text = block(of: text)
    do {
      if let key = try? Insecure.RSA.PublicKey(pem: text) {
        try checkPurpose(of: key, in: text)
        return (try await VerificationKey(rsa: key), "an RSA public key (RS256)")
      }
      if let key = try? ES256PublicKey(pem: text) {
        return (try await VerificationKey(p256: key), "a P-256 public key (ES256)")
      }
      if let key = try? EdDSA.PublicKey(pem: text) {
        return (try await VerificationKey(ed25519: key), "an Ed25519 public key (EdDSA)")
      }
    } catch let error as KeyFileError {
      throw error
    } catch {
      throw KeyFileError("holds a public key that cannot be used: \(error)")
    }
    throw KeyFileError(
      "holds a public key that cannot be used; it takes RSA of at least 2048 bits, EC on the curve P-256, or Ed25519")
  }

  /// Just one block, with the right label.
  private static func checkLabels(_ text: String) throws(KeyFileError) {
    let labels = text.split(whereSeparator: \.isNewline).compactMap { line -> Substring? in
      guard let start = line.firstRange(of: "-----BEGIN ") else { return nil }
      return line[start.upperBound...].prefix { $0 != "-" }
    }
    if labels.contains(where: { $0.contains("PRIVATE KEY") }) {
      throw KeyFileError(
        "holds a private key; the hub needs the public one alone: `openssl pkey -in FILE -pubout` prints it")
    }
    if labels.contains("CERTIFICATE") {
      throw KeyFileError("holds a certificate; `openssl x509 -in FILE -noout -pubkey` prints its public key")
    }
    guard labels.count == 1 else {
      throw KeyFileError("holds \(labels.count) PEM blocks; several keys at once need a JWK Set, with a `kid` for each")
    }
    guard labels == ["PUBLIC KEY"] else {
      throw KeyFileError("holds \(quoted(labels[0])); it takes “PUBLIC KEY”, as `openssl pkey -pubout` prints it")
    }
    guard text.contains(/-----BEGIN PUBLIC KEY-----[ \t]*[\r\n]/.matchingSemantics(.unicodeScalar)) else {
      throw KeyFileError("looks like PEM without its line breaks; after “-----BEGIN PUBLIC KEY-----” a new line begins")
    }
  }

  /// What stands around a block is for people (RFC 7468 section 2), and jwt-kit refuses it.
  private static func block(of text: String) -> String {
    let start = text.firstRange(of: "-----BEGIN ")?.lowerBound ?? text.startIndex
    let end = text.firstRange(of: "-----END PUBLIC KEY-----")?.upperBound ?? text.endIndex
    return start < end ? String(text[start..<end]) : text
  }

  /// A key that is marked for RSASSA-PSS alone is read like any RSA key, but is not for RS256.
  private static func checkPurpose(of key: Insecure.RSA.PublicKey, in text: String) throws(KeyFileError) {
    let plain = key.pemRepresentation.filter { !$0.isWhitespace }
    guard text.filter({ !$0.isWhitespace }).contains(plain) else {
      throw KeyFileError("holds an RSA key that is for another algorithm than RS256")
    }
  }
}
