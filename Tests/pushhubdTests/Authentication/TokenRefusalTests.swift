import HubProtocol
import Testing

@testable import pushhubd

/// What whoever runs the hub reads of a refused token; `Tests/EndToEnd/test_tokens.py` has all that can be wrong with one.
struct TokenRefusalTests {
  private func explanation(
    _ claims: String, settings: Settings.Auth = .init(), now: Int64 = 1_700_000_000_000
  ) throws -> String? {
    let keys = try KeyFile(contents: TestSigner.secret).keys
    let token = try TestSigner.hmac().token(claims)
    switch Authenticator(keys: keys, settings: settings).outcome(token, now: now) {
    case .success: return nil
    case .failure(let refusal): return refusal.explanation
    }
  }

  @Test(arguments: [
    (#""exp":1000"#, 4_605_999, 0, "the token expired 3605 s ago: “exp” is 1970-01-01T00:16:40.000Z"),
    (
      #""exp":1000"#, 1_005_000, 5000,
      "the token expired 5 s ago: “exp” is 1970-01-01T00:16:40.000Z, with 5 s of auth.leeway"
    ),
    (#""nbf":1000"#, 940_000, 0, "the token is not valid for another 60 s: “nbf” is 1970-01-01T00:16:40.000Z"),
    (
      #""nbf":1000"#, 940_000, 5000,
      "the token is not valid for another 60 s: “nbf” is 1970-01-01T00:16:40.000Z, with 5 s of auth.leeway"
    ),
  ])
  func aTimeIsToldWithItsDistance(claim: String, now: Int64, leeway: Int64, text: String) throws {
    #expect(try explanation(#"{"sub":"1",\#(claim)}"#, settings: .init(leeway: leeway), now: now) == text)
  }

  @Test func severalAudiencesAreAllNamed() throws {
    let settings = Settings.Auth(audiences: ["a", "b", "c"])
    #expect(
      try explanation(#"{"sub":"1","aud":7}"#, settings: settings)
        == "“aud” is 7, and must be or hold “a”, “b” or “c” (auth.audience)")
  }

  /// A claim of an issuer that means no good does not reach the terminal as it is, and is no screenful.
  @Test func aClaimIsShownOnOneLineAndCut() throws {
    let long = String(repeating: "x", count: 1000)
    for value in ["\u{9b}2J", "a\u{2028}b", long] {
      let text = try #require(try explanation(#"{"sub":"1","iss":"\#(value)"}"#, settings: .init(issuer: "i")))
      #expect(text.utf8.count < 200)
      #expect(!text.unicodeScalars.contains { $0.isControl || $0 == "\u{2028}" })
    }
    let twice = try #require(try explanation("{\"a\\nb\u{9b}\":1,\"a\\nb\u{9b}\":1}"))
    #expect(twice == "the claims part has “a\\nb\\u{9b}” twice")
  }

  @Test(
    arguments: [
      ("a b", .whiteSpace), ("ab\n", .whiteSpace), ("abc=", .padding), ("a+b/", .otherAlphabet), ("a", .cut),
      ("ab~", .otherCharacter), ("aé", .otherCharacter), ("ab", .cut),
    ] as [(String, TokenRefusal.EncodingFlaw)])
  func whyAPartIsNoBase64URL(text: String, flaw: TokenRefusal.EncodingFlaw) {
    #expect(Base64URL.decode(text.utf8) == nil)
    #expect(TokenRefusal.EncodingFlaw(of: text.utf8) == flaw)
  }
}
