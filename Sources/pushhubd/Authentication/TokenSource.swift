import HubCore
import HubProtocol

/// Where in a request the token is looked for: `Authorization`, then the cookie, then the query.
///
/// The first place that holds a token decides, also when that token is bad: otherwise a request would speak for
/// somebody else than its sender meant.
struct TokenSource: Hashable, Sendable {
  /// The place that decided, and what it holds.
  enum Found: Hashable, Sendable {
    case none
    case bearer(Substring)
    /// On a POST good only with an allowed `Origin`: see `CookieRule`.
    case cookie(Substring)
    case query(Substring)
    /// The place that decides holds something that is no token, or more than one.
    case malformed
  }

  /// The cookie's name, compared byte by byte; nil where cookies are not looked at.
  let cookie: String?
  /// The query parameter's name; nil where the query is not looked at. A URL ends up in logs and histories.
  let queryParameter: String?

  /// An empty name is none.
  init(cookie: String?, queryParameter: String?) {
    self.cookie = cookie.flatMap { $0.isEmpty ? nil : $0 }
    self.queryParameter = queryParameter.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// - Parameters:
  ///   - fields: the values of a header field, in their order.
  ///   - query: what follows `?` in the request target, as it came; nil or empty without one.
  func find(fields: (FieldName) -> [String], query: Substring?) -> Found {
    let authorization = Self.bearer(fields(.authorization))
    guard authorization == .none else { return authorization }
    if let cookie {
      for field in fields(.cookie) {
        if let value = CookiePairs.value(of: cookie, in: field[...]), !value.isEmpty { return .cookie(value) }
      }
    }
    guard let queryParameter, let query else { return .none }
    return Self.parameter(queryParameter, in: query)
  }

  /// `Authorization: Bearer <token>` (RFC 6750 section 2.1). An empty field is none. Another scheme is for somebody else, such as a proxy that
  /// asks for a password, and holds no token.
  private static func bearer(_ values: [String]) -> Found {
    guard let value = values.first else { return .none }
    guard values.count == 1 else { return .malformed }
    let bytes = value.utf8.span
    let credentials = bytes.trimmed(0..<bytes.count)
    let schemeEnd = credentials.first { bytes[$0].isBlank } ?? credentials.upperBound
    guard !credentials.isEmpty else { return .none }
    guard bytes.isWord("bearer", in: credentials.lowerBound..<schemeEnd) else { return .none }
    let token = bytes.trimmed(schemeEnd..<credentials.upperBound)
    guard !token.isEmpty, bytes.extracting(token).isToken68 else { return .malformed }
    let start = value.utf8.index(value.startIndex, offsetBy: token.lowerBound)
    return .bearer(value[start..<value.utf8.index(start, offsetBy: token.count)])
  }

  /// `access_token=<token>` (RFC 6750 section 2.3), which must not be there twice. A plus sign is one: no token holds a
  /// blank.
  private static func parameter(_ name: String, in query: Substring) -> Found {
    var found = Found.none
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      guard let key = pair[..<equals].span.percentDecoded(), key.utf8.elementsEqual(name.utf8) else { continue }
      guard found == .none, equals != pair.endIndex else { return .malformed }
      guard let value = pair[equals...].dropFirst().span.percentDecoded(), !value.isEmpty else { return .malformed }
      found = .query(value[...])
    }
    return found
  }
}

/// The pairs of a `Cookie` field (RFC 6265 section 4.2.1), read as leniently as servers do.
enum CookiePairs {
  /// The value of the first cookie of that name, without the quotes that may enclose it. A browser sends the cookie of
  /// the longest path first (section 5.4).
  static func value(of name: String, in field: Substring) -> Substring? {
    for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
      guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
      guard Substring(pair[..<equals]).trimmed.utf8.elementsEqual(name.utf8) else { continue }
      return Substring(pair[equals...].dropFirst()).trimmed.unquoted
    }
    return nil
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without the blanks and tabs at both ends.
  fileprivate var trimmed: Substring {
    var rest = self[...]
    while let first = rest.utf8.first, first.isBlank { rest = Substring(rest.utf8.dropFirst()) }
    while let last = rest.utf8.last, last.isBlank { rest = Substring(rest.utf8.dropLast()) }
    return rest
  }
}

extension Substring {
  fileprivate var unquoted: Substring {
    let quote = UInt8(ascii: "\"")
    guard utf8.count >= 2, utf8.first == quote, utf8.last == quote else { return self }
    return Substring(utf8.dropFirst().dropLast())
  }
}

extension UInt8 {
  /// The characters of `b64token` (RFC 6750 section 2.1).
  fileprivate var isToken68: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}

extension Span<UInt8> {
  fileprivate var isToken68: Bool {
    for index in indices where !self[index].isToken68 { return false }
    return true
  }
}
