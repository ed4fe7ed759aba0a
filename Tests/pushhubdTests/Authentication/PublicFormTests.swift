import Foundation
import HubProtocol
import Testing

@testable import pushhubd

/// Whatever is public is not taken for a secret, however it is written; what is random always is.
struct PublicFormTests {
  private static let ecPoint = Array(der(KeyFixtures.p256Public).suffix(65))

  private static let openSSH = "AAAAC3NzaC1lZDI1NTE5AAAAIIIIPSl/O2tWbVIdyyaTV/fPMrz6H8tSMrxSOg35Mo+w"

  private static let originals: [(name: String, bytes: [UInt8])] = [
    ("RSA in DER", der(KeyFixtures.rsaPublic)), ("RSAPublicKey in DER", der(KeyFixtures.rsaPKCS1)),
    ("P-256 in DER", der(KeyFixtures.p256Public)), ("P-384 in DER", der(KeyFixtures.p384Public)),
    ("Ed25519 in DER", der(KeyFixtures.ed25519Public)), ("Ed448 in DER", der(KeyFixtures.ed448Public)),
    ("certificate in DER", der(KeyFixtures.rsaCertificate)), ("point", ecPoint),
    ("PEM", Array(KeyFixtures.ed25519Public.utf8)), ("certificate", Array(KeyFixtures.rsaCertificate.utf8)),
    ("OpenSSH", Array("ssh-ed25519 \(openSSH) me@host".utf8)),
    ("OpenSSH with options", Array("no-pty,from=\"10.0.0.1\" ssh-ed25519 \(openSSH)".utf8)),
    ("key set", Array(#"{"keys":[\#(JOSEVectors.rs256.key)]}"#.utf8)),
    ("array", Array("[\(JOSEVectors.es256.key)]".utf8)), ("token", Array(JOSEVectors.es256.token.utf8)),
    ("page", Array("<html>\n<head><title>502 Bad Gateway</title></head>\n<body/>\n</html>\n".utf8)),
    ("XML", Array("<?xml version='1.0'?><RSAKeyValue><Modulus>n91omNmN2jkb</Modulus></RSAKeyValue>".utf8)),
    ("gzip", [0x1F, 0x8B, 0x08] + (0..<60).map { $0 &* 37 }),
  ]

  private static let spellings: [(name: String, write: @Sendable ([UInt8]) -> [UInt8])] = [
    ("as it is", { $0 }), ("a line", { $0 + [0x0A] }), ("zeros behind", { $0 + [0, 0, 0] }),
    ("base64", { Array(Data($0).base64EncodedData()) }),
    ("base64, a line", { Array(Data($0).base64EncodedData()) + [10] }),
    ("base64, lines", { Array(Data($0).base64EncodedData(options: [.lineLength64Characters, .endLineWithLineFeed])) }),
    ("base64, CRLF", { Array(Data($0).base64EncodedData(options: .lineLength76Characters)) }),
    ("base64url", { Array(Base64URL.encode($0).utf8) }),
    ("base64 with escapes", { Array(Data($0).base64EncodedString(options: .lineLength64Characters).escaped.utf8) }),
    ("base64 twice", { Array(Data(Data($0).base64EncodedData()).base64EncodedData()) }),
    ("a variable", { Array("JWT_KEY=\"\(Data($0).base64EncodedString())\"".utf8) }),
    ("hex", { Array(hex($0).utf8) }), ("HEX", { Array(hex($0).uppercased().utf8) + [10] }),
    ("0x", { Array("0x\(hex($0))".utf8) }), ("hex with colons", { Array(hex($0, ":").utf8) }),
    ("hex lines", { Array(hex($0, "\n").utf8) }), ("hex as in C", { Array(("0x" + hex($0, ",0x")).utf8) }),
    ("hex with escapes", { Array(("\\x" + hex($0, "\\x")).utf8) }),
    ("hex of base64", { Array(hex(Array(Data($0).base64EncodedData())).utf8) }),
    ("percent-encoding", { Array(("%" + hex($0, "%")).utf8) }),
  ]

  private static func der(_ pem: String) -> [UInt8] {
    Array(Data(base64Encoded: pem.split(separator: "\n").dropFirst().dropLast().joined()) ?? Data())
  }

  private static func hex(_ bytes: [UInt8], _ separator: String = "") -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
  }

  private func error(_ contents: [UInt8]) -> String? {
    do throws(KeyFileError) {
      _ = try KeyFile(contents: contents)
      return nil
    } catch { return error.description }
  }

  @Test(arguments: originals.map(\.name), spellings.map(\.name))
  func whatIsPublicIsNoSecret(original: String, spelling: String) throws {
    let bytes = try #require(Self.originals.first { $0.name == original }).bytes
    let contents = try #require(Self.spellings.first { $0.name == spelling }).write(bytes)
    do {
      let file = try KeyFile(contents: contents)
      #expect(Set(file.keys.algorithms).isDisjoint(with: SignatureAlgorithm.hmac))
    } catch {
      #expect("\(error)".contains("auth.key-type: secret"))
    }
  }

  @Test(
    arguments: [
      (KeyFixtures.rsaPublic.replacing("\n", with: "\\n"), "PEM without its line breaks"),
      (KeyFixtures.rsaPublic.replacing("\n", with: " "), "PEM without its line breaks"),
      (KeyFixtures.rsaPublic.replacing(" ", with: "+").replacing("\n", with: "%0A"), "PEM"),
      ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "OpenSSH"),
      ("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAA", "OpenSSH"),
      ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "OpenSSH"),
      ("\"\(String(repeating: "s", count: 40))\"", "JSON"),
      ("{'keys':[{'kty':'RSA','n':'AQAB','e':'AQAB'}]}", "no JSON"),
      ("{kty:'RSA',n:'AQABAQABAQABAQABAQABAQAB'}", "no JSON"), ("[section]\nkey = value that is longer\n", "no JSON"),
      ("<RSAKeyValue><Modulus>n91omNmN2jkbAaCLxKKERih", "HTML or XML"), ("<YOUR-SECRET-OF-32-BYTES-GOES-HERE>", "HTML"),
      ("<!DOCTYPE-html-without-blanks-but-long-enough", "HTML"), ("  <!-- a comment in front of it -->...", "HTML"),
      ("/etc/pushhub/keys/issuer-public.pem", "path"), ("/var/lib/pushhub/keys/issuer/current", "path"),
      ("/Users/Somebody/Documents/PublicKeys/Issuer", "path"), ("~/.config/pushhub/keys/current-one", "path"),
      ("./relative/to/somewhere/else/in/here", "path"), ("\\\\server\\share\\keys\\issuer\\public", "path"),
      ("C:/Users/Administrator/Documents/key", "path"), ("issuer-example-production-public.JWKS", "path"),
      ("secrets/pushhub-jwt/signing/production", "path"), ("https://issuer.example/.well-known/jwks.json", "address"),
      ("jwks-at-https://issuer.example/keys-of-it", "address"), ("www.issuer.example/keys/of/the/issuer", "address"),
      ("issuer.example.com:8443/keys/of/issuer", "address"), ("somebody.with-a-name@mail.example.com", "address"),
      ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "address"),
      ("arn:aws:secretsmanager:eu-central-1:123456789012:secret:jwt", "address"),
      ("${JWT_SECRET:-of-the-production-system}", "template"), ("prefix-{{.Values.jwt.secret}}-and-suffix", "template"),
      ("$(JWT_SECRET_OF_THE_PRODUCTION_SYSTEM)", "template"), ("$JWT_SECRET_OF_THE_PRODUCTION_SYSTEM", "template"),
      ("<%=secret_of_the_production_system()%>", "template"), ("%JWT_SECRET_OF_THE_PRODUCTION_SYSTEM%", "template"),
      ("SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDaOtdd8dN1XQZDYmI", "fingerprint"),
      ("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "fingerprint"),
      ("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "fingerprint"),
      ("upstream connect error or disconnect/reset", "text with blanks"),
      ("a\u{A0}b" + .init(repeating: "c", count: 30), "blanks"),
      ("a\u{2028}b" + .init(repeating: "c", count: 30), "blanks"),
      ("no-blanks!\nbut-several-lines!\nof-them!!", "text of 3 lines"),
      (String(repeating: "s", count: 40) + "\u{7}", "control characters"),
      (.init(repeating: "\0", count: 40), "lost its"),
      (String(repeating: "s", count: 40) + .init(repeating: "\0", count: 24), "lost its contents"),
    ])
  func itIsToldByItsLook(text: String, look: String) {
    let message = error(Array(text.utf8))
    #expect(message?.contains(look) == true, "\(message ?? "accepted")")
    #expect(message?.contains("auth.key-type: secret") == true)
  }

  private static let formats: [(String, [UInt8])] = [
    ("gzip", [0x1F, 0x8B, 0x08]), ("zip", [0x50, 0x4B, 0x03, 0x04]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), ("bzip2", Array("BZh91AY&SY".utf8)),
    ("lz4", [0x04, 0x22, 0x4D, 0x18]),
    ("7-Zip", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), ("Java", [0xFE, 0xED, 0xFE, 0xED]),
  ]

  @Test(arguments: formats)
  func aFormatIsToldByItsFirstBytes(name: String, start: [UInt8]) {
    let rest = (0..<60 as Range<UInt8>).map { $0 &* 91 ^ 0xA5 }
    #expect(error(start + rest)?.contains(name) == true)
    #expect(error([0xA5] + start + rest) == nil)
  }

  @Test(arguments: [
    String.Encoding.utf16BigEndian, .utf16LittleEndian, .utf16, .utf32BigEndian, .utf32LittleEndian, .utf32,
  ])
  func wideTextIsTold(encoding: String.Encoding) throws {
    for text in [
      KeyFixtures.ed25519Public, String(repeating: "s", count: 33), "<p>Недоступно: попробуйте позже, пожалуйста</p>",
    ] {
      for mark in ["", "\u{FEFF}"] {
        let data = try #require((mark + text).data(using: encoding))
        guard text.utf8.count == text.count || data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) else {
          continue
        }
        #expect(error(Array(data))?.contains("text in UTF-") == true, "\(encoding)")
      }
    }
  }

  @Test func textThatIsNoUTF8IsTold() throws {
    let german = try #require("Der Dienst ist zurzeit nicht verfügbar.".data(using: .isoLatin1))
    #expect(error(Array(german))?.contains("no UTF-8") == true)
    let page = try #require("<html>Сервис недоступен, попробуйте позже</html>".data(using: .windowsCP1251))
    #expect(error(Array(page))?.contains("HTML") == true)
    let pem = try #require("Schlüssel\n\(KeyFixtures.rsaPublic)".data(using: .isoLatin1))
    #expect(error(Array(pem))?.contains("PEM") == true)
  }

  @Test(arguments: [200, 120, 64, 40]) func whatWasCutIsTold(count: Int) {
    for pem in [KeyFixtures.rsaPublic, KeyFixtures.rsaPKCS1, KeyFixtures.rsaCertificate, KeyFixtures.p256Public] {
      let der = Self.der(pem)
      #expect(error(Array(der.prefix(count)))?.contains("DER") == true)
      #expect(error(Array(Data(der.prefix(count)).base64EncodedData()))?.contains("DER") == true)
    }
  }

  @Test(arguments: [
    "s" + String(repeating: "S", count: 31), "correct-horse-battery-staple-and-more",
    "Grüße-aus-München-und-überall-her",
    "7f0c9f4e-3f0e-4b1a-9a55-0b6f3b1f9f11", "key=with=equals=signs=and-some-more", "{not-json-but-a-secret-of-its-own}",
    "[neither-is-this-one-it-has-brackets]", "<<neither-is-this>>>>>>>>>>>>>>>>>>",
    "$ecret$With$Dollar$Signs$In$Them$$$",
    "//////////////////////////////////9A", "/9j4AAQSkZJRgABAQAAAQABAADbAEMAAgEBAQ==",
    "100%-sure-that-this-is-a-secret-%%%",
    "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s", "user:password:and:more:with:colons:in",
  ])
  func aPassphraseIsASecret(text: String) {
    #expect(error(Array(text.utf8)) == nil)
    #expect(error(Array((text + "\r\n").utf8)) == nil)
  }

  @Test func severalLinesOfBase64OrHexAreASecret() {
    var random = SeededRandom(seed: 5)
    for count in [48, 49, 50, 96, 1000] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let lines = Data(bytes).base64EncodedString(options: .lineLength64Characters)
      #expect(error(Array(lines.utf8)) == nil)
      #expect(error(Array((lines.replacing("\r\n", with: "\n") + "\n").utf8)) == nil)
      #expect(
        error(Array(Self.hex(bytes).enumerated().map { "\($1)" + ($0 % 64 == 63 ? "\n" : "") }.joined().utf8))
          == nil)
    }
  }

  private static let alphabet = (0x21...0x7E as ClosedRange<UInt8>).map { $0 }

  /// `maxRefused`: of a thousand.
  private static let makes: [(name: String, maxRefused: Int, make: @Sendable ([UInt8]) -> [UInt8])] = [
    ("raw", 0, { Array($0.prefix(32)) }), ("raw, 64 bytes", 0, { Array($0.prefix(64)) }),
    ("hex", 0, { Array(hex(Array($0.prefix(32))).utf8) + [10] }),
    ("hex with colons", 0, { Array(hex(Array($0.prefix(32)), ":").utf8) }),
    ("base64", 0, { Array(Data($0.prefix(32)).base64EncodedData()) + [10] }),
    (
      "base64, lines", 0,
      { Array(Data($0).base64EncodedData(options: [.lineLength64Characters, .endLineWithLineFeed])) }
    ),
    ("base64url", 0, { Array(Base64URL.encode($0.prefix(32)).utf8) }),
    // Brackets, dollars and slashes in an order that means something: below one in a thousand.
    ("printable", 1, { $0.prefix(64).map { alphabet[Int($0) * alphabet.count / 256] } }),
  ]

  /// How many of each make; `RANDOM_SECRETS=20000` looks closer.
  private static let secretCount =
    ProcessInfo.processInfo.environment["RANDOM_SECRETS"].flatMap { Int($0) } ?? 2_000

  @Test(arguments: makes.map(\.name)) func whatIsRandomIsASecret(name: String) throws {
    let make = try #require(Self.makes.first { $0.name == name })
    var random = SeededRandom(seed: 28)
    var refused: [[UInt8]] = []
    for _ in 0..<Self.secretCount {
      let secret = make.make((0..<96).map { _ in UInt8.random(in: 0...255, using: &random) })
      guard case .secret? = try? KeyFileForm(secret, type: .automatic) else {
        refused.append(secret)
        continue
      }
    }
    #expect(
      refused.count * 1_000 <= make.maxRefused * Self.secretCount,
      "\(refused.map { String(decoding: $0, as: UTF8.self) })")
  }

  /// The one form that random bytes come near to: those of 32 that begin like DER of their own length.
  @Test func fewOfThoseThatBeginLikeDERAreDER() {
    var random = SeededRandom(seed: 3)
    let count = (0..<20_000).count { _ in
      DERStructure.isWhole([0x30, 30] + (0..<30).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    // One in 65,536 begins so, and of those one in 500 is whole.
    #expect(count < 20_000 / 250)
  }
}

extension String {
  fileprivate var escaped: String { replacing("\r\n", with: "\\n") }
}
