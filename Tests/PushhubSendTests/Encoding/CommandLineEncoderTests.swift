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
  ("%20", "%2520"), ("a;b", "a;b"),
])
func idsAreEncodedByteByByte(id: String, encoded: String) {
  var line: [UInt8] = []
  PercentEncoding.append(id, separator: ",", to: &line)
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
  ("k", "k"), ("a=b", "a=b"), ("é", "é"), ("a,b@c", "a,b@c"), ("a%41", "a%2541"), ("100%", "100%25"),
  ("a;b", "a%3Bb"), (" a b ", "%20a%20b%20"), ("a\u{7}\n\u{7F}\u{85}", "a%07%0A%7F%C2%85"),
])
func aKeyIsAnyText(key: String, encoded: String) throws {
  let publication = Publication(target: .everyone, event: "e", key: key)
  #expect(try text(CommandLineEncoder.head(of: publication)) == "@key=\(encoded) PUSH * e ")
}

@Test(arguments: [("", 1), ("k", 129), ("é", 65), ("%", 129)])
func aKeyOfNoOrOfMoreThan128BytesIsBadData(part: String, count: Int) {
  let publication = Publication(target: .everyone, event: "e", key: String(repeating: part, count: count))
  let failure = #expect(throws: Failure.self) { try CommandLineEncoder.head(of: publication) }
  #expect(failure == Failure(.badData, "--key: a key is 1 to 128 bytes"))
}

@Test(arguments: [("k", 128), ("é", 64), ("%", 128)])
func aKeyOf128BytesIsFineHoweverLongItIsWhenEncoded(part: String, count: Int) throws {
  let publication = Publication(target: .everyone, event: "e", key: String(repeating: part, count: count))
  #expect(try CommandLineEncoder.head(of: publication).starts(with: "@key=".utf8))
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
  #expect(text(CommandLineEncoder.query(.connections(.users(["a b"])))) == "CONNECTIONS user:a%20b\n")
  #expect(text(CommandLineEncoder.query(.connections(.users(["user:42"])))) == "CONNECTIONS user:user:42\n")
  #expect(text(CommandLineEncoder.query(.connections(.connection("conn_%")))) == "CONNECTIONS conn:conn_%25\n")
}
