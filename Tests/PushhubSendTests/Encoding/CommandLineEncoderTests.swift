import Testing

@testable import pushhub_send

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Test(arguments: [
  (Publication(target: .users(["42"]), event: "notice"), "PUSH user:42 notice "),
  (Publication(target: .users(["42", "a,b"]), event: "notice"), "PUSH users:42,a%2Cb notice "),
  (Publication(target: .connection("conn_x y"), event: "e"), "PUSH conn:conn_x%20y e "),
  (Publication(target: .everyone, event: "-"), "PUSH * - "),
  (Publication(target: .everyone, event: "e", key: "k-1"), "@key=k-1 PUSH * e "),
  (Publication(target: .everyone, event: "e", ttl: 0), "@ttl=0 PUSH * e "),
  (Publication(target: .everyone, event: "größe", key: "k", ttl: 60), "@key=k;ttl=60 PUSH * größe "),
])
func aPushBeginsWithTagsTargetAndEvent(publication: Publication, head: String) throws {
  #expect(try text(CommandLineEncoder.head(of: publication)) == head)
}

@Test(arguments: [
  ("plain-id_~", "plain-id_~"), ("100%", "100%25"), ("a b", "a%20b"), ("a,b", "a%2Cb"), ("a\tb\n", "a%09b%0A"),
  ("\u{0}\u{1F}\u{7F}", "%00%1F%7F"), ("\u{80}\u{9F}\u{A0}", "%C2%80%C2%9F\u{A0}"), ("zoë@例", "zoë@例"),
  ("%20", "%2520"),
])
func idsAreEncodedByteByByte(id: String, encoded: String) {
  var line: [UInt8] = []
  PercentEncoding.append(id, to: &line)
  #expect(line == Array(encoded.utf8))
}

@Test(arguments: ["", "a b", "a\tb", " a", "a\n", "\u{85}"])
func anEventThatWouldBreakTheLineIsBadData(event: String) {
  let failure = #expect(throws: Failure.self) {
    try CommandLineEncoder.head(of: Publication(target: .everyone, event: event))
  }
  #expect(failure?.code == .badData)
}

@Test(arguments: [
  ("", false), ("k", true), (String(repeating: "k", count: 128), true), (String(repeating: "k", count: 129), false),
  ("a;b", false), ("a b", false), ("a\u{7}", false), ("a=b", true), ("é", true),
])
func aKeyIsOneWordOfAtMost128Bytes(key: String, isFine: Bool) {
  let publication = Publication(target: .everyone, event: "e", key: key)
  #expect((try? CommandLineEncoder.head(of: publication)) == (isFine ? Array("@key=\(key) PUSH * e ".utf8) : nil))
}

@Test func aCloseNamesItsTargetAndPerhapsAReason() throws {
  #expect(try text(CommandLineEncoder.close(.users(["4 2"]), reason: nil)) == "CLOSE user:4%202\n")
  #expect(try text(CommandLineEncoder.close(.users(["1", "2"]), reason: "")) == "CLOSE users:1,2\n")
  #expect(try text(CommandLineEncoder.close(.connection("conn_1"), reason: "be gone")) == "CLOSE conn:conn_1 be gone\n")
  let failure = #expect(throws: Failure.self) { try CommandLineEncoder.close(.users(["1"]), reason: "a\nPING") }
  #expect(failure?.code == .badData)
}

@Test func queriesAreOneLine() {
  #expect(text(CommandLineEncoder.query(.statistics)) == "STATS\n")
  #expect(text(CommandLineEncoder.query(.ping)) == "PING\n")
  #expect(text(CommandLineEncoder.query(.explain(event: "7-12"))) == "EXPLAIN 7-12\n")
  #expect(text(CommandLineEncoder.query(.explain(event: "a\nb c"))) == "EXPLAIN a%0Ab%20c\n")
  #expect(text(CommandLineEncoder.query(.connections(user: "a b"))) == "CONNECTIONS a%20b\n")
}
