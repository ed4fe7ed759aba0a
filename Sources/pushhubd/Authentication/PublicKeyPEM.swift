/// A PEM public key (RFC 7468 section 13): RSA, EC on P-256, or Ed25519.
enum PublicKeyPEM {
  /// The key, and what it is for people.
  static func key(_ text: String) throws(KeyFileError) -> (VerificationKey, summary: String) {
    try checkLabels(text)
    guard let key = PublicKey(pem: block(of: text)) else {
      throw KeyFileError(
        """
        holds a public key that cannot be used; it takes RSA of at least 2048 bits that is not for another algorithm than \
        RS256, EC on the curve P-256, or Ed25519
        """)
    }
    let name =
      switch key.kind {
      case .rsa: "an RSA"
      case .p256: "a P-256"
      case .ed25519: "an Ed25519"
      }
    return (VerificationKey(key), "\(name) public key (\(key.kind.algorithm.rawValue))")
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

  /// What stands around a block is for people (RFC 7468 section 2).
  private static func block(of text: String) -> String {
    let start = text.firstRange(of: "-----BEGIN ")?.lowerBound ?? text.startIndex
    let end = text.firstRange(of: "-----END PUBLIC KEY-----")?.upperBound ?? text.endIndex
    return start < end ? String(text[start..<end]) : text
  }
}
