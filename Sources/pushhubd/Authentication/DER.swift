/// What keys and signatures need of DER (X.690), as bytes.
enum DER {
  /// 1.2.840.113549.1.1.1 (RFC 8017 appendix A.1).
  static let rsaEncryption: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
  /// 1.2.840.10045.2.1 (RFC 5480 section 2.1.1).
  static let ecPublicKey: [UInt8] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
  /// 1.2.840.10045.3.1.7, P-256.
  static let prime256v1: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
  /// 1.3.101.112 (RFC 8410 section 3).
  static let ed25519: [UInt8] = [0x06, 0x03, 0x2B, 0x65, 0x70]
  static let null: [UInt8] = [0x05, 0x00]

  static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(0x30, elements.flatMap(\.self)) }

  /// A number that is not negative, by its bytes, the highest first.
  static func integer(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let digits = Array(bytes.drop { $0 == 0 })
    let isMarked = digits.first.map { $0 >= 0x80 } ?? true
    return element(0x02, (isMarked ? [0] : []) + digits)
  }

  /// BIT STRING of whole bytes.
  static func bits(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

  /// The signature of ES256, which JOSE has as two numbers of 32 bytes each (RFC 7518 section 3.4), as RFC 3279 section
  /// 2.2.3 has it; empty where it is of another size.
  static func signature(_ numbers: [UInt8]) -> [UInt8] {
    guard numbers.count == 64 else { return [] }
    return sequence(integer(numbers.prefix(32)), integer(numbers.suffix(32)))
  }

  /// The two numbers of such a signature, 32 bytes each; nil where it is none.
  static func numbers(ofSignature signature: [UInt8]) -> [UInt8]? {
    var rest = signature.dropFirst(2)
    var numbers: [UInt8] = []
    for _ in 0..<2 {
      guard rest.popFirst() == 0x02, let size = rest.popFirst(), rest.count >= size else { return nil }
      let digits = rest.prefix(Int(size)).drop { $0 == 0 }
      guard digits.count <= 32 else { return nil }
      numbers += [UInt8](repeating: 0, count: 32 - digits.count) + digits
      rest = rest.dropFirst(Int(size))
    }
    return numbers
  }

  private static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    guard contents.count >= 0x80 else { return [tag, UInt8(contents.count)] + contents }
    let length = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: contents.count >> $0) }
      .drop { $0 == 0 }
    return [tag, 0x80 | UInt8(length.count)] + length + contents
  }
}
