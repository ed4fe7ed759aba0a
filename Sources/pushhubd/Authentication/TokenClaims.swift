import HubCore
import HubProtocol

/// The claims of a token that is to be made. Each is set once, so that none says another thing than was asked for.
struct TokenClaims {
  /// A claim that would be set twice.
  struct Conflict: Error, Hashable {
    let name: String
    /// What sets it already: an option, or a key of the configuration.
    let setBy: String
  }

  private var members: [(name: String, json: [UInt8], setBy: String)] = []

  /// - Parameters:
  ///   - topics: names and patterns.
  ///   - now: milliseconds of the wall clock.
  ///   - seconds: for how long it is good; nil for good.
  ///   - settings: those of the hub that is to accept the token.
  init(
    user: UserID, scopes: [String] = [], topics: [String] = [], now: Int64, lifetime seconds: Int64?,
    settings: Settings.Auth = .init()
  ) throws(Conflict) {
    try set("sub", JSONText.string(user.text), by: "--user")
    if !scopes.isEmpty {
      try set(settings.scopeClaim ?? "scope", JSONText.string(scopes.joined(separator: " ")), by: "--scope")
    }
    if !topics.isEmpty {
      // A name may have blanks in it, so they are no list in one string.
      var list = JSONText()
      list.array { for topic in topics { $0.value(topic) } }
      try set(settings.topicsClaim, list.bytes, by: "--topic")
    }
    if let issuer = settings.issuer { try set("iss", JSONText.string(issuer), by: "auth.issuer") }
    if let audience = settings.audiences.first { try set("aud", JSONText.string(audience), by: "auth.audience") }
    try set("iat", Array(String(now / 1000).utf8), by: "the time of the call")
    if let seconds { try set("exp", Array(String(now / 1000 + seconds).utf8), by: "--expires") }
  }

  /// - Parameter json: one valid value.
  mutating func set(_ name: String, _ json: [UInt8], by option: String) throws(Conflict) {
    // The first of these that is there names the user, so a second could be another one.
    let isUser = Claims.userClaims.contains(name)
    if let other = members.first(where: {
      $0.name.hasSameBytes(as: name) || isUser && Claims.userClaims.contains($0.name)
    }) {
      throw Conflict(name: name, setBy: other.setBy)
    }
    members.append((name, json, option))
  }

  var json: [UInt8] {
    JSONText.object { claims in
      for (name, json, _) in members {
        claims.name(named: name)
        claims.value(json: json)
      }
    }
  }
}
