import COpenSSL

/// Message authentication codes of one secret with one hash (HMAC, RFC 2104), by OpenSSL.
final class MessageCode: @unchecked Sendable {
  // Sendable: the context is never changed after `init`. Each code is made with a copy of it, and EVP_MAC_CTX_dup(3)
  // only reads.

  /// The hashes of HS256, HS384 and HS512 (RFC 7518 section 3.2).
  enum Hash: String {
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"
  }

  /// EVP_MAX_MD_SIZE.
  private static let maxBytes = 64

  /// Holds the secret, already hashed in.
  private let prepared: OpaquePointer

  /// Throws where OpenSSL has no HMAC with that hash, as its configuration may say.
  init(secret: [UInt8], hash: Hash) throws(CryptographyError) {
    guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { throw .ofOpenSSL() }
    defer { EVP_MAC_free(algorithm) }  // the context holds it, too
    guard let context = EVP_MAC_CTX_new(algorithm) else { throw .ofOpenSSL() }
    var name = Array(hash.rawValue.utf8CString)
    // The parameters refer to the name, which lives until the closure returns; EVP_MAC_init(3) copies both.
    let isReady = name.withUnsafeMutableBufferPointer { name in
      let parameters = [
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0), OSSL_PARAM_construct_end(),
      ]
      return EVP_MAC_init(context, secret, secret.count, parameters) == 1
    }
    guard isReady else {
      EVP_MAC_CTX_free(context)
      throw .ofOpenSSL()
    }
    prepared = context
  }

  deinit { EVP_MAC_CTX_free(prepared) }

  /// The code of these bytes; nil where memory has run out.
  func code(of bytes: some Collection<UInt8>) -> [UInt8]? {
    guard let context = EVP_MAC_CTX_dup(prepared) else { return nil }
    defer { EVP_MAC_CTX_free(context) }
    // Both read no more than the buffers have, and keep no pointer.
    let isTaken = bytes.withContiguousStorageIfAvailable { EVP_MAC_update(context, $0.baseAddress, $0.count) == 1 }
    guard isTaken ?? (EVP_MAC_update(context, Array(bytes), bytes.count) == 1) else { return nil }
    var size = 0
    let code = [UInt8](unsafeUninitializedCapacity: Self.maxBytes) { buffer, count in
      count = EVP_MAC_final(context, buffer.baseAddress, &size, buffer.count) == 1 ? size : 0
    }
    return code.isEmpty ? nil : code
  }

  /// Whether this is the code of these bytes; takes as long, whatever differs.
  func isCode(_ code: [UInt8], of bytes: some Collection<UInt8>) -> Bool {
    guard let right = self.code(of: bytes), right.count == code.count else { return false }
    return CRYPTO_memcmp(right, code, right.count) == 0
  }
}
