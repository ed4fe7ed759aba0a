/// A PEM private key: RSA, EC on P-256, or Ed25519.
enum PrivateKeyPEM {
  /// The contents of a file that holds one, be it good or not; nil where it holds something else.
  static func text(_ contents: [UInt8], type: KeyType) -> String? {
    guard type == .automatic || type == .pem, contents.count <= KeyFile.maxBytes else { return nil }
    guard let text = String(validating: contents, as: UTF8.self) else { return nil }
    return text.contains(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/) ? text : nil
  }

  static func key(_ text: String) throws(KeyFileError) -> PrivateKey {
    if text.contains("BEGIN OPENSSH PRIVATE KEY") {
      throw KeyFileError("holds a key of OpenSSH; a copy becomes PEM by `ssh-keygen -p -N '' -m PKCS8 -f COPY`")
    }
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
      throw KeyFileError("holds a private key with a passphrase; `openssl pkey -in FILE` prints it without")
    }
    guard let key = PrivateKey(pem: text) else {
      throw KeyFileError(
        "holds a private key that cannot be used; it takes RSA of at least 2048 bits, EC on the curve P-256, or Ed25519"
      )
    }
    return key
  }
}
