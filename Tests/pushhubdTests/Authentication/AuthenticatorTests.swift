import HubCore
import HubProtocol
import Testing

@testable import pushhubd

/// Whole tokens: good ones of every algorithm, those of the RFCs, and bad ones in every way.
struct AuthenticatorTests {
  /// Good signatures over claims that name no user, or over no claims at all: which is what they are refused for.
  @Test(arguments: JOSEVectors.all)
  func signaturesOfTheRFCsAreGood(vector: JOSEVectors.Vector) throws {
    let authenticator = try Authenticator(#"{"keys":[\#(vector.key)]}"#)
    #expect(authenticator.outcome(vector.token, now: 1_300_819_379_999).refusal == vector.refusal, "\(vector.name)")
    var parts = vector.token.split(separator: ".").map(String.init)
    parts[2] = (parts[2].hasPrefix("A") ? "B" : "A") + parts[2].dropFirst()
    #expect(authenticator.outcome(parts.joined(separator: ".")).refusal == .badSignature, "\(vector.name)")
  }

  @Test func anExpiredTokenOfTheRFCIsExpired() throws {
    let vector = JOSEVectors.hs256
    let authenticator = try Authenticator(#"{"keys":[\#(vector.key)]}"#)
    #expect(authenticator.outcome(vector.token, now: 1_300_819_380_000).refusal == .expired)
  }

  @Test(arguments: [MessageCode.Hash.sha256, .sha384, .sha512])
  func aSecretChecksEveryHS(digest: MessageCode.Hash) throws {
    let short = [UInt8]("exactly-thirty-two-bytes-of-text".utf8)
    for secret in [short, TestSigner.secret] {
      let signer = try TestSigner.hmac(digest, secret: secret)
      let authenticator = Authenticator(keys: try KeyFile(contents: secret).keys)
      #expect(authenticator.outcome(try signer.token()).user == "42", "\(signer.name)")
    }
  }

  @Test func aPublicKeyChecksItsAlgorithm() throws {
    for (key, signer) in [
      (KeyFixtures.rsaPublic, try TestSigner.rsa()), (KeyFixtures.p256Public, try TestSigner.p256()),
      (KeyFixtures.ed25519Public, try TestSigner.ed25519()),
    ] {
      let authenticator = try Authenticator(key)
      #expect(authenticator.outcome(try signer.token()).user == "42", "\(signer.name)")
    }
  }

  @Test func aFreshKeyOfEachKindIsChecked() throws {
    let p256 = try TestPrivateKey(new: "EC")
    let ed25519 = try TestPrivateKey(new: "ED25519")
    for (key, signer) in [
      (p256.publicPEM, try TestSigner.p256(p256)),
      (ed25519.publicPEM, try TestSigner.ed25519(ed25519)),
    ] {
      #expect(try Authenticator(key).outcome(try signer.token()).user == "42")
    }
    #expect(
      try Authenticator(KeyFixtures.p256Public).outcome(try TestSigner.p256(p256).token()).refusal
        == .badSignature)
  }

  @Test func aTokenOfAnotherAlgorithmIsRefused() throws {
    let secret = String(decoding: TestSigner.secret, as: UTF8.self)
    let keys = [secret, KeyFixtures.rsaPublic, KeyFixtures.p256Public, KeyFixtures.ed25519Public]
    let signers = [
      try TestSigner.hmac(), try .rsa(), try .p256(), try .ed25519(), try .rsa(.sha384),
    ]
    for (index, key) in keys.enumerated() {
      let authenticator = try Authenticator(key)
      for (other, signer) in signers.enumerated() where other != index {
        #expect(authenticator.outcome(try signer.token()).refusal == .algorithm, "\(signer.name) with key \(index)")
      }
    }
  }

  /// The classic attack: the public key is no secret, so anyone can make an HMAC with it.
  @Test(arguments: [KeyFixtures.rsaPublic, KeyFixtures.p256Public, KeyFixtures.ed25519Public])
  func aPublicKeyIsNeverASecret(key: String) throws {
    let authenticator = try Authenticator(key)
    for secret in [key, key + "\n", String(key.split(separator: "\n").dropFirst().dropLast().joined())] {
      for digest in [MessageCode.Hash.sha256, .sha384, .sha512] {
        let secret = [UInt8](secret.utf8) + [UInt8](repeating: 0, count: 64)
        let signer = try TestSigner.hmac(digest, secret: secret)
        #expect(authenticator.outcome(try signer.token()).refusal == .algorithm)
        let lie = try signer.token(header: #"{"alg":"RS256"}"#)
        #expect(authenticator.outcome(lie).user == nil)
      }
    }
  }

  /// A good signature under each of these headers.
  @Test(
    arguments: [
      (#"{"alg":"HS256"}"#, nil), (#"{"alg":"HS256","typ":"at+jwt","x":[{}]}"#, nil),
      ("\n{ \"alg\" : \"HS\\u003256\" }\n", nil), (#"{"alg":"HS256","kid":"whatever"}"#, nil),
      (#"{"alg":"HS256","jku":"https://evil.example/","jwk":{"kty":"oct","k":"AAAA"}}"#, nil),
      (#"{"alg":"none"}"#, .algorithm), (#"{"alg":"None"}"#, .algorithm), (#"{"alg":"hs256"}"#, .algorithm),
      (#"{"alg":""}"#, .algorithm), (#"{"alg":"HS256 "}"#, .algorithm), (#"{"alg":"HS256\u0000"}"#, .algorithm),
      (#"{"alg":"RS256"}"#, .algorithm), (#"{"alg":"ES384"}"#, .algorithm), (#"{"alg":"HS384"}"#, .badSignature),
      (#"{"alg":"HS256","kid":""}"#, .unknownKey), (#"{"alg":"HS256","kid":7}"#, .malformed),
      (#"{"alg":"HS256","kid":null}"#, .malformed),
      (#"{}"#, .malformed), (#"{"alg":null}"#, .malformed), (#"{"alg":["HS256"]}"#, .malformed),
      (#"{"alg":"HS256","alg":"HS256"}"#, .malformed), (#"{"alg":"none","\u0061lg":"HS256"}"#, .malformed),
      (#"{"alg":"HS256","kid":"a","kid":"b"}"#, .malformed), (#"{"alg":"HS256","crit":["exp"]}"#, .malformed),
      (#"{"alg":"HS256","crit":[]}"#, .malformed), (#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, .malformed),
      (#"["HS256"]"#, .malformed), (#""HS256""#, .malformed), ("", .malformed), (#"{"alg":"HS256"}x"#, .malformed),
      (#"{"alg":"HS256""#, .malformed), ("\u{FEFF}{\"alg\":\"HS256\"}", .malformed),
    ] as [(String, TokenRefusal.Reason?)])
  func headers(header: String, refusal: TokenRefusal.Reason?) throws {
    let authenticator = try Authenticator(String(decoding: TestSigner.secret, as: UTF8.self))
    let token = try TestSigner.hmac().token(header: header)
    #expect(authenticator.outcome(token).refusal == refusal)
  }

  @Test func partsThatAreNoToken() throws {
    let authenticator = try Authenticator(String(decoding: TestSigner.secret, as: UTF8.self))
    let good = try TestSigner.hmac().token()
    let parts = good.split(separator: ".").map(String.init)
    #expect(authenticator.outcome(good).user == "42")
    let bad = [
      "", ".", "..", "...", parts[0], "\(parts[0]).\(parts[1])", "\(parts[0])..\(parts[2])", ".\(parts[1]).\(parts[2])",
      good + ".", good + ".\(parts[2])", "." + good, good + "=", good + " ", " " + good, good + "\n", good + "é",
      "\(parts[0]).\(parts[1]).=\(parts[2])", good.replacing(".", with: ","), "\(parts[0])=.\(parts[1]).\(parts[2])",
    ]
    for token in bad {
      let refusal = authenticator.outcome(token).refusal
      #expect(refusal == .malformed || refusal == .badSignature, "\(token)")
    }
    #expect(authenticator.outcome("\(parts[0]).\(parts[1]).").refusal == .badSignature)
    // A JWE has five parts.
    #expect(authenticator.outcome("\(good).a.a").refusal == .malformed)
  }

  /// Signed, but the payload is no base64url, no JSON, or no object.
  @Test(arguments: ["e30=", "e3", "e30\n", "W10", "bnVsbA", "eyI", "", "_w"])
  func payloadsThatAreNoClaims(payload: String) throws {
    let authenticator = try Authenticator(String(decoding: TestSigner.secret, as: UTF8.self))
    let token = try TestSigner.hmac().token(parts: Base64URL.encode(#"{"alg":"HS256"}"#.utf8), payload)
    #expect(authenticator.outcome(token).refusal == .malformed)
  }

  @Test func aTokenMayBeEightKiBLong() throws {
    let authenticator = try Authenticator(String(decoding: TestSigner.secret, as: UTF8.self))
    let signer = try TestSigner.hmac()
    var sizes: [Int: TokenRefusal.Reason?] = [:]
    for padding in 6055..<6070 {
      let token = try signer.token(#"{"sub":"42","p":"\#(String(repeating: "x", count: padding))"}"#)
      sizes[token.utf8.count] = authenticator.outcome(token).refusal
    }
    let longest = try #require(sizes.filter { $0.value == nil }.keys.max())
    let tooLong = try #require(sizes.filter { $0.value == .tooLarge }.keys.min())
    #expect(longest <= 8192)
    #expect(tooLong > 8192)
    #expect(sizes.values.allSatisfy { $0 == nil || $0 == .tooLarge })
    #expect(authenticator.outcome(String(repeating: "a", count: 1 << 20)).refusal == .tooLarge)
  }

  /// Whatever is changed in a token, it is refused, and nothing traps.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func aChangedTokenIsRefused(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let keys = try KeyFile(contents: TestSigner.secret).keys
    let authenticator = Authenticator(keys: keys, settings: .init(issuer: "i", audiences: ["a"]))
    let claims = #"{"sub":"42","exp":1800000000,"iss":"i","aud":["a"],"scope":"pushhub:publish"}"#
    let good = Array(try TestSigner.hmac().token(claims).utf8)
    #expect(authenticator.outcome(String(decoding: good, as: UTF8.self)).user == "42")
    for _ in 0..<500 {
      var token = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<token.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: token[place] = UInt8.random(in: 0...255, using: &random)
        case 1: token[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: token.remove(at: place)
        default: token.insert(token[place], at: Int.random(in: 0..<token.count, using: &random))
        }
      }
      guard token != good else { continue }
      #expect(authenticator.outcome(String(decoding: token, as: UTF8.self)).user == nil, "seed \(seed): \(token)")
    }
  }

  @Test func aDescriptionFitsIntoAHeader() {
    for refusal in TokenRefusal.Reason.allCases {
      // RFC 6750 section 3.
      let allowed = refusal.errorDescription.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
      #expect(allowed, "\(refusal)")
    }
  }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
