import Testing

@testable import HubProtocol

struct PercentEncodingTests {
  @Test(arguments: [
    ("plain-id_~", "plain-id_~"), ("100%", "100%25"), ("a b", "a%20b"), ("a,b", "a%2Cb"), ("a\tb\n", "a%09b%0A"),
    ("\u{0}\u{1F}\u{7F}", "%00%1F%7F"), ("\u{80}\u{9F}\u{A0}", "%C2%80%C2%9F\u{A0}"), ("zoë@例", "zoë@例"),
    ("%20", "%2520"), ("a;b", "a;b"), ("", ""),
  ])
  func encodesByteByByteAndDecodesAgain(plain: String, encoded: String) {
    var bytes: [UInt8] = []
    bytes.append(percentEncoding: plain, separator: ",")
    #expect(text(bytes) == encoded)
    #expect(encoded.utf8.span.percentDecoded()?.hasSameBytes(as: plain) == true)
  }

  @Test(arguments: [
    ("a%2fb%2F", "a/b/", "a/b/"), ("a+b", "a+b", "a b"), ("%2B+", "++", "+ "), ("%C3%A9", "é", "é"),
    ("%", nil, nil), ("a%4", nil, nil), ("%4g", nil, nil), ("%%41", nil, nil), ("%C3", nil, nil), ("+%FF", nil, nil),
  ])
  func decodes(encoded: String, plain: String?, field: String?) {
    #expect(encoded.utf8.span.percentDecoded() == plain)
    #expect(encoded.utf8.span.percentDecoded(plusIsBlank: true) == field)
  }

  @Test func decodesWhatIsNotUTF8AsBytes() {
    #expect("%FFa".utf8.span.percentDecodedBytes() == [0xFF, 0x61])
    #expect("%F".utf8.span.percentDecodedBytes() == nil)
  }
}
