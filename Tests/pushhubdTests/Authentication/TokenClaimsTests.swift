import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct TokenClaimsTests {
  private func claims(settings: Settings.Auth = .init(), lifetime: Int64? = 60) throws -> TokenClaims {
    try TokenClaims(
      user: #require(UserID("42")), scopes: ["a", "b"], topics: ["x y", "z/*"], now: 1_000_500, lifetime: lifetime,
      settings: settings)
  }

  @Test func theyAreCalledAsTheHubReadsThem() throws {
    #expect(
      String(decoding: try claims().json, as: UTF8.self)
        == #"{"sub":"42","scope":"a b","topics":["x y","z/*"],"iat":1000,"exp":1060}"#)
    let settings = Settings.Auth(issuer: "i", audiences: ["p", "q"], scopeClaim: "roles", topicsClaim: "t")
    #expect(
      String(decoding: try claims(settings: settings, lifetime: nil).json, as: UTF8.self)
        == #"{"sub":"42","roles":"a b","t":["x y","z/*"],"iss":"i","aud":"p","iat":1000}"#)
  }

  @Test func anotherClaimStandsAsItIsWritten() throws {
    var claims = try claims(lifetime: nil)
    try claims.set("a \"b\"", Array("[1.50, null]".utf8), by: "me")
    #expect(String(decoding: claims.json, as: UTF8.self).hasSuffix(#""iat":1000,"a \"b\"":[1.50, null]}"#))
  }

  @Test(arguments: [
    ("sub", "--user"), ("id", "--user"), ("user_id", "--user"), ("scope", "--scope"), ("topics", "--topic"),
    ("iat", "the time of the call"), ("exp", "--expires"),
  ])
  func aClaimThatIsSetIsNotSetAgain(name: String, setBy: String) throws {
    var claims = try claims()
    let before = claims.json
    #expect(throws: TokenClaims.Conflict(name: name, setBy: setBy)) {
      try claims.set(name, Array("1".utf8), by: "--claim")
    }
    #expect(claims.json == before)
  }

  /// A configuration can ask for two things of one claim.
  @Test func aClaimOfTwoMeaningsIsAConflict() {
    #expect(throws: TokenClaims.Conflict(name: "sub", setBy: "--user")) {
      try claims(settings: .init(scopeClaim: "sub"))
    }
    #expect(throws: TokenClaims.Conflict(name: "id", setBy: "--user")) {
      try claims(settings: .init(topicsClaim: "id"))
    }
  }
}
