import HubProtocol
import Testing

@testable import pushhubd

/// What signs, checked by what checks tokens.
struct SigningKeyTests {
  private static let secret = String(decoding: TestSigner.secret, as: UTF8.self)

  private func key(_ contents: String, type: KeyType = .automatic) throws -> SigningKey {
    try SigningKey(contents: Array(contents.utf8), type: type)
  }

  private func message(_ contents: String) -> String? {
    do {
      _ = try key(contents)
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    (secret, secret, SignatureAlgorithm.hs256), (secret + "\n", secret, .hs256),
    (KeyFixtures.rsaPrivate, KeyFixtures.rsaPublic, .rs256), (KeyFixtures.p256Private, KeyFixtures.p256Public, .es256),
    ("about this key\n" + KeyFixtures.ed25519Private, KeyFixtures.ed25519Public, .edDSA),
  ])
  func whatItSignsIsAccepted(contents: String, publicContents: String, algorithm: SignatureAlgorithm) throws {
    let key = try key(contents)
    #expect(key.algorithm == algorithm && key.id == nil)
    let authenticator = try Authenticator(publicContents)
    // Numbers of a signature on P-256 that begin with zeros come once in 128 times.
    for user in 0..<300 {
      let token = try #require(TokenMint(key: key).sign(payload: #"{"sub":\#(user)}"#.utf8))
      #expect(authenticator.outcome(token).user == "\(user)")
      guard algorithm != .rs256 else { break }
    }
  }

  @Test func ofAKeySetTheLastSecretSigns() throws {
    let keys = ["a", "b"].map { id in
      let secret = Base64URL.encode((Self.secret + id).utf8)
      return #"{"kty":"oct","kid":"\#(id)","k":"\#(secret)","alg":"HS384"}"#
    }
    let key = try key(#"{"keys":[\#(keys.joined(separator: ","))]}"#)
    #expect(key.algorithm == .hs384 && key.id?.text == "b")
    let token = try #require(TokenMint(key: key).sign(payload: #"{"sub":1}"#.utf8))
    #expect(try Authenticator(#"{"keys":[\#(keys[1])]}"#).outcome(token).user == "1")
    #expect(try Authenticator(#"{"keys":[\#(keys[0])]}"#).outcome(token).refusal == .unknownKey)
  }

  @Test func aPublicKeyIsNamedAsOne() {
    for contents in [KeyFixtures.rsaPublic, KeyFixtures.p256Public, KeyFixtures.ed25519Public] {
      #expect(message(contents)?.contains("public key") == true)
      #expect(
        message(contents)?.hasSuffix("checks tokens and makes none: name the private key with --key FILE, in PEM")
          == true)
    }
  }

  @Test(arguments: [
    ("short", "holds a secret of 5 bytes; it takes at least 32, as `openssl rand -hex 32` makes them"),
    ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n", "holds a private key with a passphrase"),
    ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII=\n", "holds a private key with a passphrase"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n", "holds a key of OpenSSH"),
    ("-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n", "holds a private key that cannot be used"),
    ("-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n", "holds a certificate"),
  ])
  func whatCannotSignIsNamed(contents: String, text: String) {
    #expect(message(contents)?.hasPrefix(text) == true)
  }

  /// An ECDSA signature is a SEQUENCE of two INTEGERs; each becomes 32 bytes.
  @Test(
    arguments: [
      ([0x30, 6, 2, 1, 1, 2, 1, 2], [1, 2]), ([0x30, 8, 2, 2, 0, 0x80, 2, 2, 0, 0xFF], [0x80, 0xFF]),
      ([], nil), ([0x30], nil), ([0x30, 3, 2, 1, 1], nil), ([0x30, 6, 2, 9, 1, 2, 1, 2], nil),
      ([0x30, 6, 3, 1, 1, 2, 1, 2], nil), ([0x30, 70, 2, 33] + [UInt8](repeating: 1, count: 36), nil),
    ] as [([UInt8], [UInt8]?)])
  func theNumbersOfASignature(der: [UInt8], last: [UInt8]?) {
    let numbers = DER.numbers(ofSignature: der)
    #expect(numbers.map { [$0[31], $0[63]] } == last)
    if let numbers {
      #expect(
        numbers.count == 64
          && numbers.reduce(0) { $0 + Int($1) }
            == numbers.indices.reduce(0) { $0 + ($1 % 32 == 31 ? Int(numbers[$1]) : 0) }
      )
    }
  }
}
