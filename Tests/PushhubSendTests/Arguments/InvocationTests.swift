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
