/// Which of the three forms a key file has.
///
/// A file that was meant to be anything else must never be taken for a secret: whoever knows what is in it, such as a
/// public key or the page of a proxy that could not fetch the key set, could sign tokens. So a file that nobody said is
/// a secret (`auth.key-type`) is one only where it can be nothing else.
enum KeyFileForm: Hashable {
  /// Without the one line break that may end the file.
  case secret([UInt8])
  case pem(String)
  case keySet([UInt8])

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ contents: [UInt8], type: KeyType) throws(KeyFileError) {
    let bytes = contents.starts(with: Self.byteOrderMark) ? Array(contents.dropFirst(3)) : contents
    switch type {
    case .automatic: try self.init(recognizing: contents, withoutMark: bytes)
    case .secret: self = .secret(Self.withoutLineBreak(contents))
    case .pem:
      guard let text = String(validating: bytes, as: UTF8.self), text.contains("-----BEGIN ") else {
        throw KeyFileError("holds no PEM, which begins with “-----BEGIN PUBLIC KEY-----”")
      }
      self = .pem(text)
    case .jwks: self = .keySet(bytes)
    }
  }

  private init(recognizing contents: [UInt8], withoutMark bytes: [UInt8]) throws(KeyFileError) {
    if let text = String(validating: bytes, as: UTF8.self) {
      let isJSON = PublicForm.isJSON(bytes)
      let objection = Self.objection(toText: Self.withoutLineBreak(contents))
      if !isJSON, text.contains("-----BEGIN ") {
        self = .pem(text)
        return
      }
      let isNoSecret = isJSON || objection != nil || contents.count < VerificationKey.minSecretBytes
      if isNoSecret, let first = bytes.first(where: { !$0.isWhiteSpace }), "{[".utf8.contains(first) {
        self = .keySet(bytes)
        return
      }
      try Self.refuse(PublicLook(bytes)?.description ?? objection)
    } else {
      try Self.refuse(PublicLook(contents)?.description ?? Self.objection(toBytes: contents))
    }
    self = .secret(Self.withoutLineBreak(contents))
  }

  private static func refuse(_ look: String?) throws(KeyFileError) {
    if let look { throw KeyFileError("looks like \(look)") }
  }

  /// What text is, where it is not one line without white space, or several of base64 or hexadecimal alone.
  private static func objection(toText bytes: [UInt8]) -> String? {
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    if scalars.contains(where: { $0.properties.generalCategory == .control && !$0.properties.isWhitespace }) {
      return isEmptied(bytes) ? emptied : "text with control characters"
    }
    guard scalars.contains(where: \.properties.isWhitespace) else { return nil }
    let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let isEncoded = lines.allSatisfy { line in
      line.drop { $0.base64Value != nil }.allSatisfy { $0 == UInt8(ascii: "=") }
    }
    guard !isEncoded else { return nil }
    return lines.count > 1 ? "text of \(lines.count) lines" : "text with blanks"
  }

  /// What bytes are that are no UTF-8, where they are not random.
  ///
  /// Of 32 random bytes four fifths are printable characters once in a million times, of more bytes hardly ever.
  private static func objection(toBytes bytes: [UInt8]) -> String? {
    if isEmptied(bytes) { return emptied }
    let printableCount = bytes.count(where: \.isPrintable)
    return printableCount * 5 >= bytes.count * 4 ? "text that is no UTF-8" : nil
  }

  private static let emptied = PublicForm.emptied.rawValue

  /// Whether zeros, or what else a storage has where nothing was written yet, follow each other as they never do by
  /// chance.
  private static func isEmptied(_ bytes: [UInt8]) -> Bool {
    var length = 0
    for (index, byte) in bytes.enumerated() {
      let goesOn = index > 0 && byte == bytes[index - 1]
      length = byte == 0 || byte == 0xFF ? (goesOn ? length + 1 : 1) : 0
      if length == 8 { return true }
    }
    return false
  }

  private static func withoutLineBreak(_ contents: [UInt8]) -> [UInt8] {
    guard contents.last == UInt8(ascii: "\n") else { return contents }
    let line = contents.dropLast()
    let secret = Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    // One of 256 secrets of 32 random bytes ends like a line: if that were no part of it, it would be too short.
    let isCutShort = secret.count < VerificationKey.minSecretBytes && contents.count >= VerificationKey.minSecretBytes
    return isCutShort && String(validating: contents, as: UTF8.self) == nil ? contents : secret
  }
}
