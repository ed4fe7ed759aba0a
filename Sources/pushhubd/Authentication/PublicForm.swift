import HubCore
import HubProtocol

/// A form that public keys and other things come in that people who know no secret may know: a web page, a token, the
/// path of a file. By a value of this kind in the key file anybody could sign, so none is taken for a secret.
///
/// What cannot be told from a random secret is not among them, such as an Ed25519 key as 32 bare bytes: `auth.key-type`
/// says what such a file is.
enum PublicForm: String, Hashable, Sendable {
  case der = "a key or certificate in DER"
  case point = "a public key on P-256 as a bare point"
  case pem = "PEM"
  case openSSH = "a key of OpenSSH"
  case json = "JSON"
  case token = "a token (JWT)"
  case markup = "a page or document in HTML or XML"
  case gzip = "compressed data (gzip)"
  case zip = "an archive (zip)"
  case zstd = "compressed data (zstd)"
  case xz = "compressed data (xz)"
  case bzip2 = "compressed data (bzip2)"
  case lz4 = "compressed data (lz4)"
  case sevenZip = "an archive (7-Zip)"
  case keyStore = "a key store of Java"
  case utf16 = "text in UTF-16"
  case utf32 = "text in UTF-32"
  case path = "the path of a file"
  case address = "an address"
  case template = "a template that was not filled in"
  case fingerprint = "a fingerprint or recipient"
  case emptied = "a file that lost its contents (one byte again and again)"

  /// How it becomes something that the hub takes.
  var advice: String? {
    switch self {
    case .der: "`openssl pkey -pubin -inform DER -in FILE` turns a public key in DER into PEM"
    case .openSSH: "`ssh-keygen -e -m PKCS8 -f FILE` turns it into PEM"
    default: nil
    }
  }
}

/// What bytes that could be a secret look like all the same: a form, and the encodings that it is in.
struct PublicLook: Hashable, Sendable, CustomStringConvertible {
  let form: PublicForm
  /// The outermost first.
  let encodings: [TextEncoding]

  /// How many encodings may be around a form.
  private static let maxEncodings = 3

  /// nil where the bytes look like none of the forms.
  init?(_ bytes: [UInt8]) {
    self.init(bytes, maxEncodings: Self.maxEncodings)
  }

  private init?(_ bytes: [UInt8], maxEncodings: Int) {
    if let form = PublicForm(bytes) {
      self.form = form
      encodings = []
      return
    }
    guard maxEncodings > 0 else { return nil }
    for (encoding, decoded) in TextEncoding.decodings(of: bytes) {
      guard let inner = PublicLook(decoded, maxEncodings: maxEncodings - 1) else { continue }
      form = inner.form
      encodings = [encoding] + inner.encodings
      return
    }
    return nil
  }

  var description: String {
    let look = ([form.rawValue] + encodings.reversed().map(\.rawValue)).joined(separator: " in ")
    return form.advice.map { "\(look) (\($0))" } ?? look
  }
}

extension PublicForm {
  /// The form of bytes as they are, not decoded.
  init?(_ bytes: [UInt8]) {
    if let form = Self.named(byTheFirstOf: bytes) ?? Self.unnamed(bytes) {
      self = form
    } else if let text = String(validating: bytes, as: UTF8.self), let form = Self.ofText(text, bytes) {
      self = form
    } else {
      return nil
    }
  }

  /// Formats that begin with a number or word of their own.
  private static func named(byTheFirstOf bytes: [UInt8]) -> PublicForm? {
    let formats: [(first: [UInt8], form: PublicForm)] = [
      ([0x1F, 0x8B, 0x08], .gzip), ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), ([0x04, 0x22, 0x4D, 0x18], .lz4),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), ([0xFE, 0xED, 0xFE, 0xED], .keyStore),
    ]
    if let format = formats.first(where: { bytes.starts(with: $0.first) }) { return format.form }
    let isBzip2 = bytes.starts(with: "BZh".utf8) && bytes.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26])
    return isBzip2 ? .bzip2 : nil
  }

  /// Forms that are known by how they are built, in text and in other bytes alike.
  private static func unnamed(_ bytes: [UInt8]) -> PublicForm? {
    if bytes.count > 1, bytes.allSatisfy({ $0 == 0 }) { return .emptied }
    if DERStructure.isWhole(bytes) || DERStructure.isBegun(bytes) { return .der }
    if isPoint(bytes) { return .point }
    if isOpenSSH(bytes) { return .openSSH }
    if bytes.hold("-----BEGIN") || bytes.hold("-----END") { return .pem }
    if bytes.hold("---- BEGIN") || bytes.hold("PuTTY-User-Key-File") { return .openSSH }
    if isMarkup(bytes) { return .markup }
    if WideText.isText(bytes, unitBytes: 4) { return .utf32 }
    return WideText.isText(bytes, unitBytes: 2) ? .utf16 : nil
  }

  /// An uncompressed point (SEC 1 section 2.3.3), as Web Push and others write it; line breaks and zeros may follow it.
  /// Of 65 random bytes one in 256 begins so, and none of those is on the curve.
  private static func isPoint(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 65, bytes[0] == 4, bytes[65...].allSatisfy({ $0 == 0 || $0.isWhiteSpace }) else {
      return false
    }
    return PublicKey(x: Array(bytes[1..<33]), y: Array(bytes[33..<65])) != nil
  }

  /// A line of `authorized_keys`, or what its base64 stands for (RFC 4253 section 6.6): the kind with its length first.
  private static func isOpenSSH(_ bytes: [UInt8]) -> Bool {
    let hasLength = bytes.starts(with: [0, 0, 0]) && bytes.count > 8
    let text = hasLength ? bytes.dropFirst(4) : bytes[...]
    return ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "openssh-key-v1"].contains { text.starts(with: $0.utf8) }
  }

  /// Of random bytes fewer than one in a million have these words; that text which is whole may begin with any tag is
  /// left to `ofText`.
  private static func isMarkup(_ bytes: [UInt8]) -> Bool {
    let start = bytes.drop { $0.isWhiteSpace || [0xEF, 0xBB, 0xBF].contains($0) }.prefix(5).map { $0 | 0x20 }
    let words = ["<!doc", "<html", "<head", "<body", "<?xml"].map { $0.utf8.map { $0 | 0x20 } }
    return words.contains { start.starts(with: $0) } || bytes.hold("<!--") || bytes.hold("</html")
      || bytes.hold("</HTML")
  }
}

extension [UInt8] {
  /// Whether the text is somewhere in them.
  func hold(_ text: String) -> Bool {
    let text = [UInt8](text.utf8)
    guard let first = text.first, count >= text.count else { return false }
    for start in 0...(count - text.count) where self[start] == first {
      if self[start..<start + text.count].elementsEqual(text) { return true }
    }
    return false
  }
}

/// UTF-16 and UTF-32, with and without a byte order mark.
private enum WideText {
  /// Half of the characters at least are ASCII, as in keys and pages; a quarter will do behind a byte order mark.
  /// Random bytes never come near to that, while they begin like a byte order mark once in 32,768 times.
  static func isText(_ bytes: [UInt8], unitBytes: Int) -> Bool {
    let unitCount = bytes.count / unitBytes
    guard unitCount >= 4 else { return false }
    return [0, unitBytes - 1].contains { place in
      let isASCII = { (unit: Int) in
        (0..<unitBytes).allSatisfy {
          let byte = bytes[unit * unitBytes + $0]
          return $0 == place ? byte.isPrintable : byte == 0
        }
      }
      let mark: [UInt8] = place == 0 ? [0xFF, 0xFE] : [0xFE, 0xFF]
      let isMarked = bytes.dropFirst(place == 0 ? 0 : unitBytes - 2).starts(with: mark)
      return (0..<unitCount).count(where: isASCII) >= unitCount / (isMarked ? 4 : 2)
    }
  }
}

extension UInt8 {
  /// Of ASCII; white space is.
  var isPrintable: Bool { (0x20..<0x7F).contains(self) || isWhiteSpace }
}
