import COpenSSL

@testable import pushhubd

/// A private key that signs as JOSE has it.
final class TestPrivateKey: @unchecked Sendable {
  // Sendable: the key is never changed, and each signature has a context of its own.

  enum Failure: Error { case noKey, noSignature }

  private let key: OpaquePointer

  private init(owning key: OpaquePointer?) throws {
    guard let key else { throw Failure.noKey }
    self.key = key
  }

  convenience init(pem: String) throws {
    var bytes = Array(pem.utf8)
    let key = bytes.withUnsafeMutableBytes { bytes -> OpaquePointer? in
      let source = BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count))
      defer { BIO_free(source) }
      return PEM_read_bio_PrivateKey(source, nil, nil, nil)
    }
    try self.init(owning: key)
  }

  /// A new one: `EC`, which is on P-256, or `ED25519`.
  convenience init(new kind: String) throws {
    let context = EVP_PKEY_CTX_new_from_name(nil, kind, nil)
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1 else { throw Failure.noKey }
    if kind == "EC" { EVP_PKEY_CTX_set_group_name(context, "P-256") }
    guard EVP_PKEY_generate(context, &key) == 1 else { throw Failure.noKey }
    try self.init(owning: key)
  }

  deinit { EVP_PKEY_free(key) }

  /// The SubjectPublicKeyInfo.
  var publicInfo: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(i2d_PUBKEY(key, nil)))
    bytes.withUnsafeMutableBufferPointer { buffer in
      var next = buffer.baseAddress
      _ = i2d_PUBKEY(key, &next)
    }
    return bytes
  }

  var publicPEM: String {
    var text = [UInt8](repeating: 0, count: 4096)
    let count = publicInfo.withUnsafeBufferPointer { EVP_EncodeBlock(&text, $0.baseAddress, CInt($0.count)) }
    let lines = String(decoding: text.prefix(Int(count)), as: UTF8.self)
    return "-----BEGIN PUBLIC KEY-----\n\(lines)\n-----END PUBLIC KEY-----\n"
  }

  /// Of RSA: `n`, `e`.
  func number(_ name: String) -> [UInt8] {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return [] }
    defer { BN_free(number) }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = BN_bn2bin(number, &bytes)
    return Array(bytes.prefix(Int(count)))
  }

  func sign(_ bytes: [UInt8], hash: MessageCode.Hash) throws -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    let isEd25519 = EVP_PKEY_is_a(key, "ED25519") == 1
    let name = isEd25519 ? nil : EVP_get_digestbyname(hash.rawValue)
    var signature = [UInt8](repeating: 0, count: 1024)
    var size = signature.count
    guard EVP_DigestSignInit(context, nil, name, nil, key) == 1,
      EVP_DigestSign(context, &signature, &size, bytes, bytes.count) == 1
    else { throw Failure.noSignature }
    signature.removeLast(signature.count - size)
    return EVP_PKEY_is_a(key, "EC") == 1 ? Self.numbers(in: signature) : signature
  }

  /// The two numbers of an ECDSA signature on P-256, 32 bytes each.
  private static func numbers(in signature: [UInt8]) -> [UInt8] {
    let first = Int(signature[3])
    let numbers = [signature[4..<4 + first], signature[(4 + first + 2)...]]
    return numbers.flatMap { number in
      let digits = number.drop { $0 == 0 }
      return [UInt8](repeating: 0, count: 32 - digits.count) + digits
    }
  }
}
