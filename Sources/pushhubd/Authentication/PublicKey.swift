import COpenSSL

/// A public key that signatures are checked with, by OpenSSL: RSA of at least 2048 bits, a point on P-256, or Ed25519. The
/// initialisers return nil for every other.
final class PublicKey: @unchecked Sendable {
  // Sendable: the key is never changed after `init`, and each check has a context of its own.

  enum Kind: Hashable {
    case rsa, p256, ed25519
  }

  private static let minModulusBits: CInt = 2048

  let kind: Kind
  /// For `PrivateKey`, which adds what signs.
  let key: OpaquePointer

  /// From a PEM block of a SubjectPublicKeyInfo (RFC 7468 section 13).
  convenience init?(pem text: String) {
    var bytes = Array(text.utf8)
    // The memory is only read, and lives until the closure returns.
    let key = bytes.withUnsafeMutableBytes { bytes -> OpaquePointer? in
      guard let source = BIO_new_mem_buf(bytes.baseAddress, CInt(clamping: bytes.count)) else { return nil }
      defer { BIO_free(source) }
      return PEM_read_bio_PUBKEY(source, nil, nil, nil)
    }
    self.init(owning: key)
  }

  /// RSA, by modulus and exponent, the highest byte first (RFC 7518 section 6.3.1).
  convenience init?(modulus: [UInt8], exponent: [UInt8]) {
    let key = DER.sequence(DER.integer(modulus), DER.integer(exponent))
    self.init(info: DER.sequence(DER.sequence(DER.rsaEncryption, DER.null), DER.bits(key)))
  }

  /// A point on P-256, 32 bytes each (RFC 7518 section 6.2.1).
  convenience init?(x: [UInt8], y: [UInt8]) {
    self.init(info: DER.sequence(DER.sequence(DER.ecPublicKey, DER.prime256v1), DER.bits([4] + x + y)))
  }

  /// Ed25519, 32 bytes (RFC 8037 section 2).
  convenience init?(ed25519 bytes: [UInt8]) {
    self.init(info: DER.sequence(DER.sequence(DER.ed25519), DER.bits(bytes)))
  }

  /// From a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
  private convenience init?(info: [UInt8]) {
    // d2i_PUBKEY(3) reads within the bytes, which live until the closure returns.
    let key = info.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var next = bytes.baseAddress
      return d2i_PUBKEY(nil, &next, bytes.count)
    }
    self.init(owning: key)
  }

  /// - Parameter key: an EVP_PKEY, which may hold the private part as well.
  init?(owning key: OpaquePointer?) {
    guard let key, let kind = Self.kind(of: key) else {
      EVP_PKEY_free(key)  // nil is nothing to it
      ERR_clear_error()
      return nil
    }
    self.kind = kind
    self.key = key
  }

  deinit { EVP_PKEY_free(key) }

  /// Nil for a key that the hub has no algorithm for, that is weak, or whose parts are none.
  private static func kind(of key: OpaquePointer) -> Kind? {
    // A key that is marked for RSASSA-PSS is none of these.
    if EVP_PKEY_is_a(key, "RSA") == 1 {
      return EVP_PKEY_get_bits(key) >= minModulusBits && isSound(key) ? .rsa : nil
    }
    if EVP_PKEY_is_a(key, "EC") == 1 { return isOnP256(key) && isSound(key) ? .p256 : nil }
    return EVP_PKEY_is_a(key, "ED25519") == 1 ? .ed25519 : nil
  }

  private static func isOnP256(_ key: OpaquePointer) -> Bool {
    var name = [CChar](repeating: 0, count: 32)
    var size = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &size) == 1 else { return false }
    return name.prefix(size).elementsEqual("prime256v1".utf8.lazy.map { CChar($0) })
  }

  private static func isSound(_ key: OpaquePointer) -> Bool {
    guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    return EVP_PKEY_public_check(context) == 1
  }

  /// Whether the signature of RS256, ES256 or EdDSA, as the key's kind has it, is one of these bytes with this key.
  func isSignature(_ signature: [UInt8], of bytes: ArraySlice<UInt8>) -> Bool {
    let signature = kind == .p256 ? DER.signature(signature) : signature
    guard !signature.isEmpty, let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let hash = kind == .ed25519 ? nil : EVP_sha256()
    // Both only read the bytes, and keep no pointer.
    let isGood = bytes.withUnsafeBufferPointer { bytes in
      EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1
        && EVP_DigestVerify(context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
    }
    if !isGood { ERR_clear_error() }
    return isGood
  }
}
