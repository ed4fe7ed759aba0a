import HubCore
import HubProtocol
import Testing

@testable import pushhubd

/// What good signatures say.
struct ClaimsTests {
  private func outcome(
    _ claims: String, settings: Settings.Auth = .init(), now: Int64 = 1_700_000_000_000
  ) throws -> Result<Principal, TokenRefusal> {
    let keys = try KeyFile(contents: TestSigner.secret).keys
    let token = try TestSigner.hmac().token(claims)
    return Authenticator(keys: keys, settings: settings).outcome(token, now: now)
  }

  /// What the issuer's clock says does not refuse a token, so a time to come is kept as well.
  @Test(
    arguments: [
      ("", 0), (#","iat":1000"#, 1000), (#","iat":1000.9"#, 1000), (#","iat":1e3"#, 1000), (#","iat":0"#, 0),
      (#","iat":-5"#, 0), (#","iat":9999999999"#, 9_999_999_999), (#","iat":1e400"#, 253_402_300_799),
    ] as [(String, Int64)])
  func theTimeOfIssueIsKeptInWholeSeconds(claim: String, seconds: Int64) throws {
    #expect(try outcome(#"{"sub":"1"\#(claim)}"#).get().issuedAt == seconds)
  }

  @Test(arguments: [
    (#"{"sub":"42"}"#, "42"), (#"{"sub":42}"#, "42"), (#"{"sub":-7}"#, "-7"), (#"{"sub":0}"#, "0"),
    (#"{"sub":123456789012345678901234567890}"#, "123456789012345678901234567890"),
    (#"{"id":1,"user_id":2,"sub":"3"}"#, "1"), (#"{"sub":"3","user_id":"2"}"#, "2"), (#"{"ID":1,"sub":"3"}"#, "3"),
    (#"{"sub":"a b"}"#, "a b"), (#"{"sub":"\u00e9"}"#, "\u{E9}"), (#"{"sub":"e\u0301"}"#, "e\u{301}"),
    (#"{"sub":"\ud83d\ude00"}"#, "😀"), (#"{"\u0073ub":"x"}"#, "x"), (#"{"sub":"\u2028"}"#, "\u{2028}"),
    (#"{"sub":"x","a":{"sub":"y","sub":"z"},"b":[[[{}]]]}"#, "x"),
  ])
  func theUserIsTheFirstClaimThere(claims: String, user: String) throws {
    let found = try outcome(claims).user
    #expect(found.map { Array($0.utf8) } == Array(user.utf8))
  }

  @Test(arguments: [
    "{}", #"{"name":"x"}"#, #"{"sub":null}"#, #"{"sub":""}"#, #"{"sub":true}"#, #"{"sub":1.0}"#, #"{"sub":1e3}"#,
    #"{"sub":1E0}"#, #"{"sub":-0}"#, #"{"sub":0.5}"#, #"{"sub":{"id":1}}"#, #"{"sub":["42"]}"#, #"{"sub":[]}"#,
    #"{"sub":"a\nb"}"#, #"{"sub":"a\u0000"}"#, #"{"sub":"\u007f"}"#, #"{"sub":"\u0085"}"#, #"{"sub":"\ud800"}"#,
    #"{"id":null,"sub":"42"}"#, #"{"id":1.5,"sub":"42"}"#, #"{"id":"","sub":"42"}"#, #"{"user_id":{},"sub":"42"}"#,
  ])
  func aBadUserIsRefusedAndNotPassedOver(claims: String) throws {
    #expect(try outcome(claims).refusal == .noUser)
  }

  @Test(arguments: [(1, true), (127, true), (128, true), (129, false), (5000, false)])
  func aUserHasUpTo128Bytes(size: Int, isGood: Bool) throws {
    let text = String(repeating: "7", count: size)
    for claims in [#"{"sub":"\#(text)"}"#, #"{"sub":\#(text)}"#] {
      #expect(try outcome(claims).refusal == (isGood ? nil : .noUser))
    }
  }

  @Test(arguments: [
    #"{"sub":"1","sub":"1"}"#, #"{"sub":"1","s\u0075b":"2"}"#, #"{"sub":"1","exp":1800000000,"exp":1800000000}"#,
    #"{"sub":"1","x":1,"x":2}"#, #"{"sub":"1"} {}"#, #"{"sub":"1",}"#, #"{"sub":01}"#, #"{'sub':"1"}"#,
    #"{"sub":"1","exp":"1800000000"}"#, #"{"sub":"1","exp":null}"#, #"{"sub":"1","nbf":true}"#,
    #"{"sub":"1","exp":[1800000000]}"#, #"{"sub":"1","exp":0x7fffffff}"#, #"{"sub":"1","exp":NaN}"#,
    #"{"sub":"1","iat":"1700000000"}"#, #"{"sub":"1","iat":null}"#, #"{"sub":"1","iat":[]}"#,
  ])
  func malformedClaimsAreRefused(claims: String) throws {
    #expect(try outcome(claims).refusal == .malformed)
  }

  /// Seconds in the claims, milliseconds on the clock and of leeway.
  @Test(
    arguments: [
      (#""exp":1000"#, 999_999, 0, nil), (#""exp":1000"#, 1_000_000, 0, .expired),
      (#""exp":1000"#, 1_000_001, 0, .expired),
      (#""exp":1000"#, 1_004_999, 5000, nil), (#""exp":1000"#, 1_005_000, 5000, .expired),
      (#""exp":1000.5"#, 1_000_499, 0, nil), (#""exp":1000.5"#, 1_000_500, 0, .expired),
      (#""exp":1e3"#, 999_999, 0, nil), (#""exp":1E+3"#, 1_000_000, 0, .expired),
      (#""exp":0"#, 1, 0, .expired), (#""exp":-1"#, 1, 0, .expired), (#""exp":-1e400"#, 1, 0, .expired),
      (#""exp":1e-400"#, 1, 0, .expired), (#""exp":1e400"#, 1_000_000, 0, nil),
      (#""exp":9223372036854775807"#, 1_000_000, 0, nil), (#""exp":99999999999999999999999999"#, 1_000_000, 0, nil),
      (#""exp":9223372036854775807"#, 1_000_000, 86_400_000, nil), (#""exp":-9223372036854775808"#, 1, 0, .expired),
      (#""nbf":1000"#, 1_000_000, 0, nil), (#""nbf":1000"#, 999_999, 0, .notYetValid),
      (#""nbf":1000"#, 995_000, 5000, nil), (#""nbf":1000"#, 994_999, 5000, .notYetValid),
      (#""nbf":1000.001"#, 1_000_000, 0, .notYetValid), (#""nbf":1e400"#, 1_000_000, 0, .notYetValid),
      (#""nbf":-1e400"#, 1_000_000, 0, nil), (#""nbf":2000,"exp":1000"#, 1_500_000, 0, .expired),
      (#""iat":9999999999"#, 1_000_000, 0, nil),
      (#""exp":1000"#, .max, 86_400_000, .expired), (#""nbf":1000"#, .min, 86_400_000, .notYetValid),
    ] as [(String, Int64, Int64, TokenRefusal.Reason?)])
  func dates(claim: String, now: Int64, leeway: Int64, refusal: TokenRefusal.Reason?) throws {
    let settings = Settings.Auth(leeway: leeway)
    #expect(try outcome(#"{"sub":"1",\#(claim)}"#, settings: settings, now: now).refusal == refusal)
  }

  @Test(
    arguments: [
      (#"{"sub":"1"}"#, nil), (#"{"sub":"1","exp":1800000000}"#, 1_800_000_000_000),
      (#"{"sub":"1","exp":1800000000.25}"#, 1_800_000_000_250),
      (#"{"sub":"1","exp":1733853600.123}"#, 1_733_853_600_123),
      (#"{"sub":"1","exp":1e300}"#, 253_402_300_799_999),
      (#"{"sub":"1","exp":9223372036854775807}"#, 253_402_300_799_000),
    ] as [(String, Int64?)])
  func theExpiryIsHandedOn(claims: String, expiry: Int64?) throws {
    #expect(try outcome(claims).get().expiresAt == expiry)
    #expect(try outcome(claims, settings: .init(leeway: 5000)).get().expiresAt == expiry)
  }

  @Test(arguments: [
    (#""iss":"https://issuer.example""#, true), (#""iss":"https:\/\/issuer.example""#, true), (#""x":1"#, false),
    (#""iss":"https://issuer.example/""#, false), (#""iss":"HTTPS://issuer.example""#, false), (#""iss":null"#, false),
    (#""iss":["https://issuer.example"]"#, false), (#""iss":"""#, false),
  ])
  func theIssuerIsExact(claim: String, isGood: Bool) throws {
    let claims = #"{"sub":"1",\#(claim)}"#
    let settings = Settings.Auth(issuer: "https://issuer.example")
    #expect(try outcome(claims, settings: settings).refusal == (isGood ? nil : .wrongIssuer))
    #expect(try outcome(claims).user == "1")
  }

  @Test(arguments: [
    (#""aud":"hub""#, true), (#""aud":["hub"]"#, true), (#""aud":["other",7,"hub"]"#, true), (#""x":1"#, false),
    (#""aud":"hub ""#, false), (#""aud":"Hub""#, false), (#""aud":[]"#, false), (#""aud":["other"]"#, false),
    (#""aud":[["hub"]]"#, false), (#""aud":{"hub":1}"#, false), (#""aud":null"#, false), (#""aud":"other hub""#, false),
  ])
  func theAudienceIsAStringOrInAnArray(claim: String, isGood: Bool) throws {
    let claims = #"{"sub":"1",\#(claim)}"#
    #expect(try outcome(claims, settings: .init(audiences: ["hub"])).refusal == (isGood ? nil : .wrongAudience))
    let several = Settings.Auth(audiences: ["x", "hub", "y"])
    #expect(try outcome(claims, settings: several).refusal == (isGood ? nil : .wrongAudience))
    #expect(try outcome(claims).user == "1")
  }

  /// Byte by byte: these are the same text to Unicode, and to `==` of `String`.
  @Test func namesAreNotNormalised() throws {
    let composed = #"{"sub":"\u00e9","iss":"\u00e9","aud":"\u00e9"}"#
    let decomposed = "e\u{301}"
    #expect(try outcome(composed, settings: .init(issuer: decomposed)).refusal == .wrongIssuer)
    #expect(try outcome(composed, settings: .init(audiences: [decomposed])).refusal == .wrongAudience)
    #expect(try outcome(composed).get().user != UserID(decomposed))
  }

  @Test(
    arguments: [
      ("{}", []), (#"{"scope":"pushhub:publish"}"#, .publish), (#"{"scope":"pushhub:admin"}"#, .admin),
      (#"{"scope":"a pushhub:admin  pushhub:publish b"}"#, [.publish, .admin]),
      (#"{"scopes":["pushhub:publish"]}"#, .publish), (#"{"scopes":["x","pushhub:admin",7,null]}"#, .admin),
      (#"{"scope":"pushhub:publish","scopes":["pushhub:admin"]}"#, [.publish, .admin]),
      (#"{"scope":"pushhub:\u0061dmin"}"#, .admin),
      (#"{"scope":"pushhub:Admin PUSHHUB:ADMIN pushhub:admin2 pushhub pushhub:*"}"#, []),
      (#"{"scope":"pushhub:admin,pushhub:publish"}"#, []), (#"{"scope":"pushhub:admin\tpushhub:publish"}"#, []),
      (#"{"scope":["pushhub:admin"]}"#, .admin), (#"{"scopes":"x pushhub:admin"}"#, .admin),
      (#"{"scp":["pushhub:admin"]}"#, .admin), (#"{"scp":"pushhub:publish x"}"#, .publish),
      (#"{"scope":"pushhub:publish","scopes":7,"scp":["pushhub:admin"]}"#, [.publish, .admin]),
      (#"{"Scope":"pushhub:admin","permissions":["pushhub:admin"]}"#, []),
      (#"{"scopes":{"pushhub:admin":1}}"#, []),
      (#"{"scopes":["pushhub:admin pushhub:publish"]}"#, []), (#"{"scopes":[["pushhub:admin"]]}"#, []),
      (#"{"scope":null,"scopes":null}"#, []), (#"{"scope":""}"#, []), (#"{"scope":"\ud800 pushhub:admin"}"#, []),
    ] as [(String, Scopes)])
  func scopes(claims: String, scopes: Scopes) throws {
    let claims = claims == "{}" ? #"{"sub":"1"}"# : #"{"sub":"1","# + claims.dropFirst()
    #expect(try outcome(claims).get().scopes == scopes)
  }

  @Test(
    arguments: [
      (#"{"sub":"1","scope":"pushhub:admin","perms":"pushhub:publish"}"#, .publish),
      (#"{"sub":"1","scope":"pushhub:admin","perms":["pushhub:publish"]}"#, .publish),
      (#"{"sub":"1","scope":"pushhub:admin","scopes":["pushhub:admin"]}"#, []),
    ] as [(String, Scopes)])
  func theConfiguredScopeClaimIsTheOnlyOne(claims: String, scopes: Scopes) throws {
    #expect(try outcome(claims, settings: .init(scopeClaim: "perms")).get().scopes == scopes)
  }

  @Test func anAdministratorMayNotPublish() {
    #expect(!Scopes.admin.contains(.publish))
    #expect(!Scopes.publish.contains(.admin))
  }
}
