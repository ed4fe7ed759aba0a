import HubCore
import HubProtocol

/// The claims (RFC 7519 section 4) of a token whose signature is good, as far as the hub reads them.
struct Claims {
  /// The claims that may name the user: the first one that is there does, or the token is refused.
  static let userClaims = ["id", "user_id", "sub"]
  /// Those that may name scopes, which add up.
  static let scopeClaims = ["scope", "scopes", "scp"]

  /// Which topics may be published to.
  static let publishClaim = "publish"

  private let members: JSONObject

  /// From the decoded payload: a JSON object without duplicate members.
  init(_ json: [UInt8]) throws(TokenRefusal) {
    members = try JSONObject(json, part: .claims)
  }

  /// A string as it is, an integer in its decimal form. Not an integer: a fraction, an exponent, `-0`.
  func user() throws(TokenRefusal) -> UserID {
    for name in Self.userClaims {
      guard let value = members[name] else { continue }
      guard let text = value.name, let user = UserID(text) else { throw .badUser(claim: name, .init(of: value)) }
      return user
    }
    throw .noUser
  }

  /// A claim as it is written, for people: cut, and on one line; nil where it is not there.
  func json(of name: String) -> String? {
    members[name].map { escapingControls(cut(String(decoding: $0.raw, as: UTF8.self), to: 100)) }
  }

  /// What kind of value a claim has; nil where it is not there.
  func kind(of name: String) -> JSONValue.Kind? { members[name]?.kind }

  /// A date in milliseconds since 1970; nil where the claim is not there.
  func date(_ name: String) throws(TokenRefusal) -> Int64? {
    guard let value = members[name] else { return nil }
    guard value.kind == .number else { throw .dateType(claim: name, value.kind) }
    return numericDate(String(decoding: value.raw, as: UTF8.self))
  }

  /// Whether `iss` is just this string.
  func isIssued(by issuer: String) -> Bool { members["iss"]?.isText(issuer) ?? false }

  /// Whether `aud` is one of these strings, or an array that holds one.
  func isMeant(forOneOf audiences: [String]) -> Bool {
    guard let value = members["aud"] else { return false }
    let named = value.elements ?? [value]
    return named.contains { name in audiences.contains { name.isText($0) } }
  }

  /// The scopes of a claim, or of all that may name some: each a string with blanks between (RFC 8693 section 4.2), or an
  /// array of names. Another shape grants nothing: the token is still good for what needs no scope.
  func scopes(in claim: String?) -> Scopes {
    var scopes: Scopes = []
    for name in claim.map({ [$0] }) ?? Self.scopeClaims {
      guard let value = members[name] else { continue }
      if let list = value.string { scopes.formUnion(Scopes(list: list)) }
      for element in value.elements ?? [] {
        if let name = element.string { scopes.formUnion(Scopes(named: name.utf8.span)) }
      }
    }
    return scopes
  }

  /// The topics that a claim grants: an array of names and patterns, or a string with blanks between them. Another shape
  /// grants nothing.
  func grants(in claim: String) -> TopicGrants {
    var grants = TopicGrants.none
    for name in names(in: claim) ?? [] { grants.add(name) }
    return grants
  }

  /// The strings of an array, or of a string with blanks between them; nil where the claim is not there, or another type.
  func names(in claim: String) -> [String]? {
    guard let value = members[claim] else { return nil }
    if let list = value.string { return list.split(separator: " ").map(String.init) }
    return value.elements?.compactMap(\.string)
  }
}

extension TokenRefusal.UserFlaw {
  /// Of a value that is no user id.
  fileprivate init(of value: JSONValue) {
    guard let text = value.name else {
      self = value.kind == .number ? .noInteger : value.kind == .string ? .characters : .type(value.kind)
      return
    }
    let size = text.utf8.count
    self = text.isEmpty ? .empty : size > 128 ? .tooLong(bytes: size) : .characters
  }
}

extension JSONValue {
  /// Whether the value is this string, compared byte by byte.
  func isText(_ text: String) -> Bool { string?.hasSameBytes(as: text) ?? false }
}

/// A NumericDate (RFC 7519 section 2), seconds since 1970 with or without a fraction, in milliseconds.
///
/// Held between 1970 and the end of the year 9999: earlier is long ago and later is never, and a time stamp of either
/// can be written.
func numericDate(_ number: String) -> Int64 {
  let latest: Int64 = 253_402_300_799_999
  if let seconds = Int64(number) { return min(max(seconds, 0), latest / 1000) * 1000 }
  // `JSONScanner` has checked the grammar; what is too large for a Double is infinite.
  let milliseconds = ((Double(number) ?? 0) * 1000).rounded()
  return milliseconds >= Double(latest) ? latest : Int64(max(milliseconds, 0))
}
