import HubProtocol
import Testing

@testable import pushhubd

/// The three forms of a key file, and why each of the others is refused.
struct KeyFileTests {
  private func error(_ contents: [UInt8], type: KeyType = .automatic) -> String? {
    do throws(KeyFileError) {
      _ = try KeyFile(contents: contents, type: type)
      return nil
    } catch { return error.description }
  }

  @Test(
    arguments: [
      (KeyFixtures.rsaPublic, [.rs256]), (KeyFixtures.p256Public, [.es256]), (KeyFixtures.ed25519Public, [.edDSA]),
      (KeyFixtures.rsaPublic + "\n", [.rs256]),
      ("# the issuer's key\n" + KeyFixtures.p256Public + "\nuntil May\n", [.es256]),
      (KeyFixtures.p256Public.replacing("\n", with: "\r\n"), [.es256]), ("\u{FEFF}" + KeyFixtures.rsaPublic, [.rs256]),
      (String(repeating: "s", count: 32), SignatureAlgorithm.hmac),
      (#" {"keys":[\#(JOSEVectors.es256.key)]}"#, [.es256]),
      ("\u{FEFF}{\"keys\":[\(JOSEVectors.hs256.key),\(JOSEVectors.edDSA.key)]}\n", SignatureAlgorithm.hmac + [.edDSA]),
    ] as [(String, [SignatureAlgorithm])])
  func isToldApartByItsContents(contents: String, algorithms: [SignatureAlgorithm]) throws {
    #expect(try KeyFile(contents: Array(contents.utf8)).keys.algorithms == algorithms)
  }

  /// The last line break, and that alone, is not the secret's.
  @Test(arguments: ["", "\n", "\r\n"])
  func aLineBreakAtTheEndIsNotPartOfASecret(end: String) throws {
    let secret = " \(String(repeating: "s", count: 30)) "
    let token = try TestSigner.hmac(secret: Array(secret.utf8)).token()
    func refusal(_ contents: String) throws -> TokenRefusal.Reason? {
      try Authenticator(contents, type: .secret).outcome(token).refusal
    }
    #expect(try refusal(secret + end) == nil)
    #expect(try refusal(secret + "\n" + end) == (end.isEmpty ? nil : .badSignature))
    #expect(try refusal(secret + "\r" + end) == (end == "\n" ? nil : .badSignature))
  }

  @Test(arguments: [(31, false), (32, true), (33, true)])
  func aSecretHasAtLeast32Bytes(size: Int, isGood: Bool) {
    for end in ["", "\n", "\r\n"] {
      let message = error(Array((String(repeating: "s", count: size) + end).utf8))
      #expect((message == nil) == isGood)
      if let message { #expect(message.contains("31 bytes") && message.contains("openssl rand")) }
    }
  }

  /// By chance, as one of 256 do; the last byte is then no line break.
  @Test func randomBytesMayEndLikeALine() throws {
    let secret = [0xFF] + [UInt8](repeating: 7, count: 30) + Array("\n".utf8)
    let token = try TestSigner.hmac(secret: secret).token()
    for type in [KeyType.automatic, .secret] {
      let keys = try KeyFile(contents: secret, type: type).keys
      #expect(Authenticator(keys: keys).outcome(token).user == "42")
    }
    #expect(error(Array(secret.dropLast(2)) + [0x0A])?.contains("30 bytes") == true)
  }

  @Test func aKeyTypeTakesNothingElse() {
    let files = [String(repeating: "s", count: 32), KeyFixtures.p256Public, #"{"keys":[\#(JOSEVectors.es256.key)]}"#]
    for (type, taken) in [(KeyType.secret, [0, 1, 2]), (.pem, [1]), (.jwks, [2]), (.automatic, [0, 1, 2])] {
      for (index, file) in files.enumerated() {
        let message = error(Array(file.utf8), type: type)
        #expect((message == nil) == taken.contains(index), "\(type), \(file): \(message ?? "accepted")")
      }
    }
    #expect(error([0xFF] + Array(KeyFixtures.p256Public.utf8), type: .pem)?.contains("no PEM") == true)
    #expect(error(Array("short".utf8), type: .secret)?.contains("5 bytes") == true)
  }

  /// What is refused can be had all the same, where it can be a secret at all.
  @Test func theAdviceFits() {
    let advice = "; `auth.key-type: secret` takes it all the same, if nobody else knows it"
    let page = Array("<p>No upstream is there.</p>, and not so".utf8)
    #expect(error(page)?.hasSuffix(advice) == true)
    #expect(error(Array(KeyFixtures.rsaCertificate.utf8))?.hasSuffix(advice) == true)
    #expect(error(page, type: .pem)?.contains("auth.key-type") == false)
    #expect(error(Array("<p>short</p>".utf8))?.contains("auth.key-type") == false)
    #expect(error(Array("short".utf8))?.contains("auth.key-type") == false)
  }

  @Test func aSecretNeverTakesThePlaceOfPublicKeys() throws {
    let secret = try KeyFile(contents: TestSigner.secret)
    let pem = try KeyFile(contents: Array(KeyFixtures.rsaPublic.utf8))
    let set = #"{"keys":[\#(JOSEVectors.hs256.key),\#(JOSEVectors.edDSA.key)]}"#
    let mixed = try KeyFile(contents: Array(set.utf8))
    let secretInASet = try KeyFile(contents: Array(#"{"keys":[\#(JOSEVectors.hs256.key)]}"#.utf8))
    for old in [pem, mixed] {
      for new in [secret, secretInASet] {
        #expect(throws: KeyFileError.self) { try new.requireNoSecret(inPlaceOf: old.keys) }
      }
      try pem.requireNoSecret(inPlaceOf: old.keys)
    }
    // Beside them neither, unless there was one before.
    #expect(throws: KeyFileError.self) { try mixed.requireNoSecret(inPlaceOf: pem.keys) }
    try mixed.requireNoSecret(inPlaceOf: mixed.keys)
    for new in [secret, secretInASet, pem, mixed] { try new.requireNoSecret(inPlaceOf: secret.keys) }
  }

  @Test func randomBytesAreASecret() {
    var random = SeededRandom(seed: 7)
    for first in 0...255 as ClosedRange<UInt8> {
      let secret = [first, 0xFF] + (0..<62).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(error(secret) == nil, "\(secret)")
    }
  }

  private static let refused: [(String, String)] = [
    ("", "secret of 0 bytes"), ("\n", "secret of 0 bytes"), ("short", "secret of 5 bytes"),
    (KeyFixtures.rsaPrivate, "private key"), (KeyFixtures.p256Private, "private key"),
    (KeyFixtures.ed25519Private, "private key"), (KeyFixtures.rsaPublic + "\n" + KeyFixtures.rsaPrivate, "private key"),
    (KeyFixtures.rsaPrivate.replacing("PRIVATE", with: "RSA PRIVATE"), "private key"),
    (KeyFixtures.rsaPrivate.replacing("PRIVATE", with: "ENCRYPTED PRIVATE"), "private key"),
    (KeyFixtures.p256Private.replacing("\n", with: "\r\n"), "private key"),
    (KeyFixtures.rsaCertificate, "certificate"), (KeyFixtures.rsaPKCS1, "“RSA PUBLIC KEY”"),
    (KeyFixtures.rsaPublic + "\n" + KeyFixtures.p256Public, "2 PEM blocks"), (KeyFixtures.rsa1024, "2048 bits"),
    (KeyFixtures.p384Public, "P-256"), (KeyFixtures.x25519Public, "Ed25519"), (KeyFixtures.ed448Public, "Ed25519"),
    (KeyFixtures.rsaPSS, "another algorithm"), (String(KeyFixtures.rsaPublic.dropLast(30)), "cannot be used"),
    (KeyFixtures.rsaPublic.replacing("MIIB", with: "MIIC"), "cannot be used"),
    ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "cannot be used"),
    ("-----BEGIN PUBLIC KEY-----", "without its line breaks"), ("-----BEGIN ", "it takes “PUBLIC KEY”"),
    ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIIIPSl/O2tWbVIdyyaTV/fPMrz6H8tSMrxSOg35Mo+w me@host", "OpenSSH"),
  ]

  @Test(arguments: refused)
  func whatIsNoneOfThemIsRefused(contents: String, message: String) {
    let found = error(Array(contents.utf8))
    #expect(found?.contains(message) == true, "\(found ?? "accepted")")
    // The message goes to the log.
    for line in contents.split(separator: "\n") where line.count > 40 { #expect(found?.contains(line) != true) }
  }

  /// A public key in DER must not be taken for a secret.
  @Test(arguments: [KeyFixtures.rsaPublic, KeyFixtures.p256Public, KeyFixtures.ed25519Public, KeyFixtures.rsaPKCS1])
  func aKeyInDERIsRefused(pem: String) throws {
    let body = pem.split(separator: "\n").dropFirst().dropLast().joined().replacing("=", with: "")
    let text = body.replacing("+", with: "-").replacing("/", with: "_")
    let der = try #require(Base64URL.decode(text.utf8))
    #expect(error(der)?.contains("DER") == true)
    #expect(error(der + [0])?.contains("DER") == true)
  }

  @Test func aHugeFileIsRefused() {
    #expect(error([UInt8](repeating: 0x73, count: KeyFile.maxBytes)) == nil)
    #expect(error([UInt8](repeating: 0x73, count: KeyFile.maxBytes + 1))?.contains("256 KiB") == true)
  }
}
