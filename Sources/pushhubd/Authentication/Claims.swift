import HubCore
import HubProtocol

/// The claims (RFC 7519 section 4) of a token whose signature is good, as far as the hub reads them.
struct Claims {
  /// The claims that may name the user: the first one that is there does, or the token is refused.
  private static let userClaims = ["id", "user_id", "sub"]
  /// Those that may name scopes, which add up.
  private static let scopeClaims = ["scope", "scopes", "scp"]

  /// Which topics may be published to.
  static let publishClaim = "publish"

  private let members: JSONObject

  /// From the decoded payload: a JSON object without duplicate members.
  init(_ json: [UInt8]) throws(TokenRefusal) {
    guard let members = JSONObject(unambiguous: json) else { throw .malformed }
    self.members = members
  }

  /// A string as it is, an integer in its decimal form. Not an integer: a fraction, an exponent, `-0`.
  func user() throws(TokenRefusal) -> UserID {
    for name in Self.userClaims {
      guard let value = members[name] else { continue }
      guard let text = value.name, let user = UserID(text) else { throw .noUser }
      return user
    }
    throw .noUser
  }

  /// A date in milliseconds since 1970; nil where the claim is not there.
  func date(_ name: String) throws(TokenRefusal) -> Int64? {
    guard let value = members[name] else { return nil }
    guard value.kind == .number else { throw .malformed }
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
    guard let value = members[claim] else { return grants }
    if let list = value.string { for name in list.split(separator: " ") { grants.add(String(name)) } }
    for name in (value.elements ?? []).compactMap(\.string) { grants.add(name) }
    return grants
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
