import HubProtocol
import Testing

@testable import pushhub_send

@Test(arguments: [("", 1), ("k", 129), ("é", 65), ("%", 129)])
func aKeyOfNoOrOfMoreThan128BytesIsBadData(part: String, count: Int) {
  let publication = Publication(target: .everyone, event: "e", key: String(repeating: part, count: count))
  let failure = #expect(throws: Failure.self) { try publication.head() }
  #expect(failure == Failure(.badData, "--key: a key is 1 to 128 bytes"))
}

@Test(arguments: [("k", 128), ("é", 64), ("%", 128)])
func aKeyOf128BytesIsFineHoweverLongItIsWhenEncoded(part: String, count: Int) throws {
  let publication = Publication(target: .everyone, event: "e", key: String(repeating: part, count: count))
  #expect(try publication.head().starts(with: "@key=".utf8))
}

@Test func anEventThatWouldBreakTheLineIsBadData() {
  let failure = #expect(throws: Failure.self) { try Publication(target: .everyone, event: "a b").head() }
  #expect(failure?.code == .badData && failure?.message.hasPrefix("an event type on this socket") == true)
}

@Test(arguments: [
  (Publication(target: .topic("a,b c"), event: "e"), "PUSH topic:a%2Cb%20c e "),
  (Publication(target: .everyone, event: "e", form: .text), "PUSH * e "),
  (Publication(target: .everyone, event: "e", form: .raw), "@as=text PUSH * e "),
  (Publication(target: .user("1"), event: "e", value: .replace("a;b c")), "@replace=a%3Bb%20c PUSH user:1 e "),
  (
    Publication(target: .user("1"), event: "e", form: .raw, key: "k", ttl: 5, value: .clear("a")),
    "@key=k;ttl=5;clear=a;as=text PUSH user:1 e "
  ),
])
func anEventsLineHasItsTags(publication: Publication, line: String) throws {
  #expect(String(decoding: try publication.head(), as: UTF8.self) == line)
}

@Test(arguments: ["", String(repeating: "n", count: 129)])
func aValuesNameOfNoOrOfMoreThan128BytesIsBadData(name: String) {
  let replacing = #expect(throws: Failure.self) {
    try Publication(target: .everyone, event: "e", value: .replace(name)).head()
  }
  #expect(replacing == Failure(.badData, "--replace: the name of a value is 1 to 128 bytes"))
  let clearing = #expect(throws: Failure.self) {
    try Publication(target: .everyone, event: "e", value: .clear(name)).head()
  }
  #expect(clearing == Failure(.badData, "--clear: the name of a value is 1 to 128 bytes"))
}
