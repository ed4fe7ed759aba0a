import HubCore
import HubProtocol
import Testing

@testable import pushhubd

/// JWK Sets: which key a token is checked with, and which sets are refused.
struct KeySetFileTests {
  private static let secret = Base64URL.encode(TestSigner.secret)
  private static let otherSecret = [UInt8]("the-secret-after-the-rotation-also-longer-than-64-bytes-in-all-of-it".utf8)

  private static func set(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

  private static func oct(_ secret: [UInt8] = TestSigner.secret, _ members: String = "") -> String {
    #"{"kty":"oct","k":"\#(Base64URL.encode(secret))"\#(members)}"#
  }

  private func error(_ set: String) -> String? {
    do throws(KeyFileError) {
      _ = try KeyFile(contents: Array(set.utf8))
      return nil
    } catch { return error.description }
  }

  @Test func twoKeysAreValidAtOnce() throws {
    let old = try TestSigner.hmac()
    let new = try TestSigner.hmac(secret: Self.otherSecret)
    let both = try Authenticator(
      Self.set(Self.oct(TestSigner.secret, #","kid":"1""#), Self.oct(Self.otherSecret, #","kid":"2""#)))
    #expect(both.outcome(try old.token(kid: "1")).user == "42")
    #expect(both.outcome(try new.token(kid: "2")).user == "42")
    // Without `kid` both are tried; with the wrong one, no other is.
    #expect(both.outcome(try old.token()).user == "42")
    #expect(both.outcome(try new.token()).user == "42")
    #expect(both.outcome(try new.token(kid: "1")).refusal == .badSignature)
    let after = try Authenticator(Self.set(Self.oct(Self.otherSecret, #","kid":"2""#)))
    #expect(after.outcome(try old.token(kid: "1")).refusal == .unknownKey)
    #expect(after.outcome(try old.token()).refusal == .badSignature)
    #expect(after.outcome(try new.token(kid: "2")).user == "42")
  }

  @Test(arguments: [
    "3", "", " 1", "1 ", "01", "1\\u0000", "../../../../dev/null", "' OR '1'='1", "/dev/null",
    "http://evil.example/key",
    "\\u00e9", String(repeating: "k", count: 300),
  ])
  func anUnknownKeyIDIsRefused(kid: String) throws {
    let keys = Self.set(Self.oct(TestSigner.secret, #","kid":"1""#), Self.oct(Self.otherSecret, #","kid":"e\u0301""#))
    let authenticator = try Authenticator(keys)
    for signer in [try TestSigner.hmac(), try TestSigner.hmac(secret: Self.otherSecret)] {
      #expect(authenticator.outcome(try signer.token(kid: kid)).refusal == .unknownKey)
    }
  }

  /// One `kid` cannot make a key check another algorithm than its own.
  @Test func aKeyIDDoesNotChangeTheAlgorithm() throws {
    let rsa = #"{"kid":"r","# + JOSEVectors.rs256.key.dropFirst()
    let authenticator = try Authenticator(
      Self.set(rsa, Self.oct(TestSigner.secret, #","kid":"h","alg":"HS256""#)))
    #expect(authenticator.outcome(try TestSigner.hmac().token(kid: "h")).user == "42")
    #expect(authenticator.outcome(try TestSigner.hmac().token(kid: "r")).refusal == .unknownKey)
    #expect(authenticator.outcome(try TestSigner.rsa().token(kid: "h")).refusal == .unknownKey)
    #expect(authenticator.outcome(try TestSigner.rsa().token(kid: "r")).refusal == .badSignature)
    #expect(authenticator.outcome(try TestSigner.hmac(.sha384).token(kid: "h")).refusal == .algorithm)
  }

  @Test func everyKindOfKeyIsRead() throws {
    let rsa = try TestPrivateKey(pem: KeyFixtures.rsaPrivate)
    let (n, e) = (Base64URL.encode(rsa.number("n")), Base64URL.encode(rsa.number("e")))
    let point = try TestPrivateKey(pem: KeyFixtures.p256Private).publicInfo.suffix(64)
    let (x, y) = (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
    let ed25519 = Base64URL.encode(try TestPrivateKey(pem: KeyFixtures.ed25519Private).publicInfo.suffix(32))
    let keys = Self.set(
      #"{"kty":"RSA","kid":"r","use":"sig","alg":"RS256","n":"\#(n)","e":"\#(e)"}"#,
      #"{"kty":"EC","kid":"e","crv":"P-256","x":"\#(x)","y":"\#(y)","key_ops":["verify"]}"#,
      #"{"kty":"OKP","kid":"o","crv":"Ed25519","x":"\#(ed25519)"}"#,
      Self.oct(TestSigner.secret, #","kid":"h","alg":"HS512","x5t":"AA","ext":true"#))
    let authenticator = try Authenticator(keys)
    let signers: [(String, TestSigner)] = [
      ("r", try .rsa()), ("e", try .p256()), ("o", try .ed25519()), ("h", try .hmac(.sha512)),
    ]
    for (kid, signer) in signers {
      #expect(authenticator.outcome(try signer.token(kid: kid)).user == "42", "\(kid)")
      #expect(authenticator.outcome(try signer.token()).user == "42", "\(kid)")
    }
    let summary = try KeyFile(contents: Array(keys.utf8)).summary
    #expect(summary == "a JWK Set: “r” (RS256), “e” (ES256), “o” (EdDSA), “h” (HS512)")
  }

  @Test func keysThatAreNotForSignaturesAreLeftOut() throws {
    let keys = Self.set(
      #"{"kty":"RSA","kid":"enc","use":"enc","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}"#,
      #"{"kty":"EC","kid":"agree","crv":"P-521","key_ops":["deriveKey"],"x":"AA","y":"AA"}"#,
      Self.oct(TestSigner.secret, #","kid":"h""#))
    #expect(try Authenticator(keys).outcome(try TestSigner.hmac().token(kid: "h")).user == "42")
    #expect(try Authenticator(keys).outcome(try TestSigner.hmac().token(kid: "enc")).refusal == .unknownKey)
    let summary = try KeyFile(contents: Array(keys.utf8)).summary
    #expect(summary == "a JWK Set: “h” (HS256, HS384, HS512); not for signatures: “enc”, “agree”")
  }

  private static let badSets: [(String, String)] = [
    ("{", "no JSON object"), ("[]", "no JSON object"), ("{}", "“keys” must be an array"), (#"{"keys":{}}"#, "“keys”"),
    (#"{"keys":[1]}"#, "key 1 (is no JSON object"), (#"{"keys":[]}"#, "without a key that the hub can use"),
    (#"{"keys":[],"keys":[]}"#, "twice"),
    (String(set(oct()).dropLast()), "no JSON object"), (set(oct()) + "x", "no JSON object"),
    (set(#"{"kty":"oct","k":"\#(secret)","k":"\#(secret)"}"#), "key 1 (is no JSON object, or has a member twice)"),
    (
      set(oct(Array("too short for HMAC".utf8), #","kid":"weak""#)),
      "“weak” (has a secret of 18 bytes; it takes at least 32)"
    ),
    (set(#"{"kty":"oct"}"#), "“k”"), (set(#"{"kty":"oct","k":""}"#), "“k”"), (set(#"{"kty":"oct","k":"a+b/"}"#), "“k”"),
    (set(oct(TestSigner.secret, #","alg":"RS256""#)), "it may be HS256"),
    (set(oct(TestSigner.secret, #","alg":7"#)), "HS256"),
    (set(oct(TestSigner.secret, #","alg":"none""#)), "it may be HS256"),
    (set(oct(TestSigner.secret, #","kid":7"#)), "“kid”"),
    (set(oct(TestSigner.secret, #","kid":"""#)), "“kid”"), (set(#"{"k":"\#(secret)"}"#), "“kty”"),
    (set(#"{"kty":"OCT","k":"\#(secret)"}"#), "“kty”"),
    (set(oct(TestSigner.secret, #","use":"enc""#)), "without a key that the hub can use"),
    (set(#"{"kty":"RSA","n":"\#(secret)","e":"AQAB","kid":"w"}"#), "too weak: RSA takes at least 2048 bits"),
    (set(JOSEVectors.rs256.key.replacing("AQAB", with: "AQ")), "not valid, or too weak"),
    (set(JOSEVectors.rs256.key.replacing("AQAB", with: "Ag")), "not valid, or too weak"),
    (
      set(JOSEVectors.rs256.key.replacing("}", with: #","alg":"PS256"}"#)),
      "key 1 (is for an algorithm that is not supported; with this kind of key it may be RS256)"
    ),
    (set(JOSEVectors.rs256.key.replacing("}", with: #","d":"AA"}"#)), "is a private key"),
    (set(JOSEVectors.es256.key.replacing("}", with: #","d":"AA"}"#)), "is a private key"),
    (set(JOSEVectors.edDSA.key.replacing("}", with: #","d":"AA"}"#)), "is a private key"),
    (set(JOSEVectors.es256.key.replacing("P-256", with: "secp256k1")), "it may be P-256"),
    (set(JOSEVectors.es256.key.replacing("P-256", with: "P-384")), "it may be P-256"),
    (set(JOSEVectors.es256.key.replacing("f83", with: "f84")), "EC a point on P-256"),
    (set(JOSEVectors.es256.key.replacing("f83O", with: "")), "29 bytes in “x”, and not 32"),
    (set(JOSEVectors.es256.key.replacing("}", with: #","alg":"ES384"}"#)), "it may be ES256"),
    (set(JOSEVectors.edDSA.key.replacing("Ed25519", with: "X25519")), "it may be Ed25519"),
    (set(JOSEVectors.edDSA.key.replacing("11qY", with: "")), "29 bytes in “x”, and not 32"),
  ]

  @Test(arguments: badSets)
  func badSetsAreRefused(set: String, message: String) {
    let found = error(set)
    #expect(found?.contains(message) == true, "\(found ?? "accepted")")
    #expect(found?.contains(Self.secret) != true)
  }

  /// Beside a good one, what cannot be used is left out and named.
  @Test(arguments: badSets.filter { $0.1 != "without a key that the hub can use" })
  func whatCannotBeUsedIsLeftOut(set: String, message: String) throws {
    guard let keys = JSONObject(unambiguous: Array(set.utf8))?["keys"]?.elements, !keys.isEmpty else { return }
    let both = Self.set(Self.oct(Self.otherSecret, #","kid":"good""#), String(decoding: keys[0].raw, as: UTF8.self))
    let file = try KeyFile(contents: Array(both.utf8))
    let authenticator = Authenticator(keys: file.keys)
    #expect(authenticator.outcome(try TestSigner.hmac(secret: Self.otherSecret).token()).user == "42")
    #expect(authenticator.outcome(try TestSigner.hmac().token()).user == nil)
    #expect(file.summary == "a JWK Set: “good” (HS256, HS384, HS512)")
    #expect(file.unusable?.contains(message.replacing("key 1", with: "key 2")) == true, "\(file.unusable ?? "")")
  }

  @Test func keysOfDifferentKindsMayHaveOneID() throws {
    let keys = [JOSEVectors.rs256.key, JOSEVectors.es256.key, JOSEVectors.edDSA.key].map {
      #"{"kid":"k","# + $0.dropFirst()
    }
    let file = try KeyFile(contents: Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
    #expect(file.keys.algorithms == [.rs256, .es256, .edDSA])
    #expect(file.unusable == nil)
  }

  /// Of one algorithm four may have the same `kid`, and all are tried.
  @Test(arguments: [#","kid":"k""#, ""]) func aFewKeysOfOneAlgorithmMayHaveOneID(kid: String) throws {
    let secrets = (0..<5).map { [UInt8](repeating: UInt8(ascii: "a") + $0, count: 64) }
    let other = Self.oct(TestSigner.secret, #","kid":"other""#)
    let set = Self.set(([other] + secrets.map { Self.oct($0, kid) }).joined(separator: ","))
    let file = try KeyFile(contents: Array(set.utf8))
    let authenticator = Authenticator(keys: file.keys)
    for (index, secret) in secrets.enumerated() {
      let token = try TestSigner.hmac(secret: secret).token(kid: kid.isEmpty ? nil : "k")
      #expect((authenticator.outcome(token).user == "42") == (index < 4), "\(index)")
    }
    #expect(file.unusable?.contains("is one more than 4 for HS256") == true)
    #expect(authenticator.outcome(try TestSigner.hmac().token(kid: "other")).user == "42")
  }

  /// A token that names no key costs four checks at most; those first that no token can name.
  @Test func aTokenWithoutKeyIDIsTriedWithAFewKeys() throws {
    let secrets = (0..<6).map { [UInt8](repeating: UInt8(ascii: "a") + $0, count: 64) }
    let set = Self.set(
      (secrets.enumerated().map { Self.oct($1, #","kid":"\#($0)""#) } + [Self.oct()]).joined(separator: ","))
    let authenticator = try Authenticator(set)
    #expect(authenticator.outcome(try TestSigner.hmac().token()).user == "42")
    for (index, secret) in secrets.enumerated() {
      let signer = try TestSigner.hmac(secret: secret)
      #expect(authenticator.outcome(try signer.token()).refusal == (index < 3 ? nil : .keyNotNamed))
      #expect(authenticator.outcome(try signer.token(kid: "\(index)")).user == "42")
    }
  }

  @Test func aSetHasUpTo16Keys() throws {
    let keys = (1...18).map { Self.oct(TestSigner.secret, #","kid":"\#($0)""#) }
    for count in 15...16 {
      let set = #"{"keys":[\#(keys.prefix(count).joined(separator: ","))]}"#
      #expect(try KeyFile(contents: Array(set.utf8)).unusable == nil)
    }
    let all = try KeyFile(contents: Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
    #expect(all.unusable == "“17” (is one more than 16), “18” (is one more than 16)")
    #expect(all.summary.contains("“16”") && !all.summary.contains("“17”"))
  }

  /// What the log says of a set has an end, whatever is in it.
  @Test func theListOfWhatIsLeftOutIsShort() throws {
    let good = Self.oct(TestSigner.secret, #","kid":"good""#)
    let long = String(repeating: "é", count: 300)
    for bad in ["0", #"{"kid":"\#(long)"}"#, #"{"kid":"\#(long)","use":"enc"}"#] {
      let set = #"{"keys":[\#(good)\#(String(repeating: "," + bad, count: 200))]}"#
      let file = try KeyFile(contents: Array(set.utf8))
      #expect(file.summary.utf8.count + (file.unusable ?? "").utf8.count < 4096)
      #expect((file.summary + (file.unusable ?? "")).hasSuffix(" and 192 more"))
    }
  }
}
