import COpenSSL

/// A private key that signs as JOSE has it (RS256, ES256, EdDSA), by OpenSSL; what it takes is what `PublicKey` takes.
struct PrivateKey: Sendable {
  let publicKey: PublicKey

  /// From PEM: `PRIVATE KEY` (RFC 7468 section 10), or one of the forms that are of one algorithm. Nil for every other
  /// key, and for one that takes a passphrase: nobody is asked for it.
  init?(pem text: String) {
    var bytes = Array(text.utf8)
    // The memory is only read, and lives until the closure returns.
    let key = bytes.withUnsafeMutableBytes { bytes -> OpaquePointer? in
      guard let source = BIO_new_mem_buf(bytes.baseAddress, CInt(clamping: bytes.count)) else { return nil }
      defer { BIO_free(source) }
      return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
    }
    guard let publicKey = PublicKey(owning: key) else { return nil }
    self.publicKey = publicKey
  }

  /// The signature of these bytes; nil where OpenSSL makes none.
  func signature(of bytes: [UInt8]) -> [UInt8]? {
    guard let context = EVP_MD_CTX_new() else { return nil }
    defer { EVP_MD_CTX_free(context) }
    let hash = publicKey.kind == .ed25519 ? nil : EVP_sha256()
    var size = Int(EVP_PKEY_get_size(publicKey.key))
    // Writes at most `size` bytes, and says how many.
    let signature = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let isDone =
        EVP_DigestSignInit(context, nil, hash, nil, publicKey.key) == 1
        && EVP_DigestSign(context, buffer.baseAddress, &size, bytes, bytes.count) == 1
      count = isDone ? size : 0
    }
    guard !signature.isEmpty else {
      ERR_clear_error()
      return nil
    }
    return publicKey.kind == .p256 ? DER.numbers(ofSignature: signature) : signature
  }
}
