import JWTKit

/// The file that `auth.key-file` names: a secret, a PEM public key or a JWK Set, told apart by what is in it.
///
/// A file that is meant to hold public keys must never be taken for a secret: whoever knows the public key could then
/// sign. So what looks like one of the public forms is read as that, or refused.
struct KeyFile: Sendable {
  /// Much more than `KeyRing.maxKeys` keys need.
  static let maxBytes = 256 * 1024

  let keys: KeyRing
  /// For the log: what the file holds, and which keys of a set are not for signatures and so not used.
  let summary: String

  /// From the whole contents of the file.
  init(contents: [UInt8]) async throws(KeyFileError) {
    guard contents.count <= Self.maxBytes else { throw KeyFileError("is longer than 256 KiB") }
    switch try KeyFileForm(contents) {
    case .secret(let secret): try await self.init(secret: secret)
    case .pem(let text): try await self.init(pem: text)
    case .keySet(let json): try await self.init(keySet: json)
    }
  }

  init(keys: [VerificationKey], summary: String) {
    self.keys = KeyRing(keys)
    self.summary = summary
  }

  private init(secret: [UInt8]) async throws(KeyFileError) {
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw KeyFileError(
        """
        holds a secret of \(secret.count) bytes; it takes at least \(VerificationKey.minSecretBytes), as \
        `openssl rand -hex 32` makes them
        """)
    }
    do {
      self.init(keys: [try await VerificationKey(secret: secret)], summary: "a shared secret (HS256, HS384, HS512)")
    } catch { throw KeyFileError("holds a secret that cannot be used: \(error)") }
  }

  private init(pem text: String) async throws(KeyFileError) {
    let (key, summary) = try await PublicKeyPEM.key(text)
    self.init(keys: [key], summary: summary)
  }

  private init(keySet json: [UInt8]) async throws(KeyFileError) {
    let set = try await KeySetFile(json)
    self.init(keys: set.keys, summary: set.summary)
  }
}

/// Why a key file cannot be used: a phrase that goes on from the file's name. It repeats nothing secret.
struct KeyFileError: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Which of the three forms a key file has.
enum KeyFileForm: Hashable {
  /// Without the one line break that may end the file.
  case secret([UInt8])
  case pem(String)
  case keySet([UInt8])

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ contents: [UInt8]) throws(KeyFileError) {
    // Printable text alone: random bytes may begin like anything.
    if let text = Self.text(contents) {
      if text.contains("-----BEGIN ") {
        self = .pem(text)
        return
      }
      if let first = text.utf8.first(where: { !$0.isWhiteSpace }), "{[".utf8.contains(first) {
        self = .keySet(Array(text.utf8))
        return
      }
      let isOpenSSH = ["ssh-", "ecdsa-sha2-", "sk-"].contains { text.hasPrefix($0) }
      guard !isOpenSSH else {
        throw KeyFileError("holds a key of OpenSSH; `ssh-keygen -e -m PKCS8 -f FILE` turns it into a PEM public key")
      }
    } else if Self.isDER(contents) {
      throw KeyFileError("holds a key in DER; `openssl pkey -pubin -inform DER -in FILE` turns it into PEM")
    }
    self = .secret(Self.withoutLineBreak(contents))
  }

  /// The contents without a byte order mark, where they are UTF-8 without control characters other than white space.
  private static func text(_ contents: [UInt8]) -> String? {
    let bytes = contents.starts(with: byteOrderMark) ? contents.dropFirst(byteOrderMark.count) : contents[...]
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0.isWhiteSpace }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A SEQUENCE that begins with another one and is as long as the file, as all keys and certificates are. A random
  /// secret looks so once in a hundred million times, and is then refused.
  private static func isDER(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 4, bytes[0] == 0x30 else { return false }
    let lengthBytes = bytes[1] < 0x80 ? 0 : Int(bytes[1] & 0x7F)
    guard lengthBytes <= 3, bytes.count > 2 + lengthBytes else { return false }
    let length = lengthBytes == 0 ? Int(bytes[1]) : bytes[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
    let inner = bytes[2 + lengthBytes]
    return bytes.count == 2 + lengthBytes + length && (inner == 0x30 || inner == 0x02)
  }

  private static func withoutLineBreak(_ contents: [UInt8]) -> [UInt8] {
    guard contents.last == UInt8(ascii: "\n") else { return contents }
    let line = contents.dropLast()
    return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}

extension UInt8 {
  /// White space of JSON: blank, tab, line feed, carriage return.
  fileprivate var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
