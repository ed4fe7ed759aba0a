/// What a request line points at (RFC 9112 section 3.2), its path split and decoded.
struct RequestTarget: Sendable, Hashable {
  /// The path's segments, percent-decoded: `/sse/users/a%2Fb` is `sse`, `users`, `a/b`. Empty segments stay.
  let segments: [String]
  /// The text behind the question mark, as it came.
  let query: String?
  /// The host of the absolute form, which then stands for the field `Host`.
  let authority: String?
  /// `*`, of `OPTIONS`.
  let isAsterisk: Bool

  /// Nil for what is no target, or has an escape that is no escape or does not make UTF-8.
  init?(_ text: String) {
    isAsterisk = text == "*"
    if isAsterisk {
      (segments, query, authority) = ([], nil, nil)
      return
    }
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "#") }) else { return nil }
    var rest = text[...]
    (authority, rest) = Self.splitAuthority(rest)
    guard authority != nil || rest.utf8.first == UInt8(ascii: "/") else { return nil }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    query = parts.count == 2 ? String(parts[1]) : nil
    let path = parts.first ?? "/"
    var segments: [String] = []
    for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let decoded = percentDecoded(segment.utf8) else { return nil }
      segments.append(decoded)
    }
    self.segments = segments
  }

  /// The absolute form, `http://host/path`, which every server has to accept (RFC 9112 section 3.2.2).
  private static func splitAuthority(_ text: Substring) -> (authority: String?, rest: Substring) {
    let scheme = text.prefix { $0 != ":" && $0 != "/" }.lowercased()
    guard scheme == "http" || scheme == "https", text.dropFirst(scheme.utf8.count).hasPrefix("://") else {
      return (nil, text)
    }
    let rest = text.dropFirst(scheme.utf8.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    return (String(authority), rest[authority.endIndex...])
  }

  /// The first value of a parameter of the query (`application/x-www-form-urlencoded`), nil if there is none.
  ///
  /// Throws where its escapes do not make UTF-8.
  func parameter(_ name: String) throws(Problem) -> String? {
    guard let query else { return nil }
    for field in query.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard percentDecoded(parts[0], plusIsBlank: true)?.utf8.elementsEqual(name.utf8) == true else { continue }
      guard parts.count == 2 else { return "" }
      guard let value = percentDecoded(parts[1], plusIsBlank: true) else {
        throw Problem(.malformedRequest, "The query's \(name) is not percent-encoded UTF-8.")
      }
      return value
    }
    return nil
  }
}

/// Takes the escapes out of a part of a URI (RFC 3986 section 2.1); nil where one is malformed or the whole is not UTF-8.
func percentDecoded(_ text: Substring.UTF8View, plusIsBlank: Bool = false) -> String? {
  guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
    return String(Substring(text))
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.count)
  var iterator = text.makeIterator()
  while let byte = iterator.next() {
    switch byte {
    case UInt8(ascii: "%"):
      guard let high = iterator.next()?.hexDigitValue, let low = iterator.next()?.hexDigitValue else { return nil }
      bytes.append(high << 4 | low)
    case UInt8(ascii: "+") where plusIsBlank:
      bytes.append(UInt8(ascii: " "))
    default:
      bytes.append(byte)
    }
  }
  return String(validating: bytes, as: UTF8.self)
}

extension UInt8 {
  fileprivate var hexDigitValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
