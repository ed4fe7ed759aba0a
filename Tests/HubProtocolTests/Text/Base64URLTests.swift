import HubProtocol
import Testing

struct Base64URLTests {
  /// RFC 4648 section 10, RFC 7515 appendix C, and the two characters that differ from plain Base64.
  @Test(
    arguments: [
      ("", []), ("Zg", [0x66]), ("Zm8", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]), ("Zm9vYg", Array("foob".utf8)),
      ("Zm9vYmE", Array("fooba".utf8)), ("Zm9vYmFy", Array("foobar".utf8)), ("A-z_4ME", [3, 236, 255, 224, 193]),
      ("-w", [0xFB]), ("__8", [0xFF, 0xFF]),
    ] as [(String, [UInt8])])
  func decodesAndEncodes(text: String, bytes: [UInt8]) {
    #expect(Base64URL.decode(text.utf8) == bytes)
    #expect(Base64URL.encode(bytes) == text)
  }

  @Test(arguments: ["A", "AAAAA", "Zg==", "Zg=", "Zm9v\n", " Zm9v", "+/8", "Zm.v", "Zh", "Zm9", "é", "-_"])
  func refusesWhatNoEncoderMakes(text: String) {
    #expect(Base64URL.decode(text.utf8) == nil)
  }

  @Test func everyByteComesBack() {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ count) }
      #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
    }
  }
}
