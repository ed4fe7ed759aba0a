/// A key that tokens are signed with: a secret, or a private key.
struct SigningKey: Sendable {
  enum Signer: Sendable {
    case code(MessageCode)
    case privateKey(PrivateKey)
  }

  let algorithm: SignatureAlgorithm
  /// For `kid`.
  let id: KeyID?
  let signer: Signer

  init(algorithm: SignatureAlgorithm, id: KeyID?, signer: Signer) {
    self.algorithm = algorithm
    self.id = id
    self.signer = signer
  }

  /// From the whole contents of a file: a secret, a JWK Set with one, or a private key in PEM.
  init(contents: [UInt8], type: KeyType = .automatic) throws(KeyFileError) {
    if let text = PrivateKeyPEM.text(contents, type: type) {
      let key = try PrivateKeyPEM.key(text)
      self.init(algorithm: key.publicKey.kind.algorithm, id: nil, signer: .privateKey(key))
      return
    }
    let file = try KeyFile(contents: contents, type: type)
    guard let key = file.keys.signingKey else {
      throw KeyFileError(
        "holds \(file.summary), which checks tokens and makes none: name the private key with --key FILE, in PEM")
    }
    self = key
  }

  func signature(of bytes: [UInt8]) -> [UInt8]? {
    switch signer {
    case .code(let code): code.code(of: bytes)
    case .privateKey(let key): key.signature(of: bytes)
    }
  }
}
