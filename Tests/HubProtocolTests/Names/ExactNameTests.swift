import Testing

@testable import HubProtocol

struct ExactNameTests {
  @Test func namesHoldNoControlCharacterAndAnythingElse() {
    let scalars = (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init)
    let wrong = scalars.filter {
      ($0.value < 0x3000 || $0.value % 251 == 0) && (UserID("a\($0)") == nil) != $0.isControl
    }
    #expect(Array(wrong).isEmpty)
  }

  @Test func differentBytesAreDifferentNames() {
    #expect(UserID("é") != UserID("e\u{301}"))
    #expect(Set([UserID("é"), UserID("e\u{301}"), UserID("é")]).count == 2)
  }

  @Test(arguments: [0, 1, 128, 129]) func namesHave1To128Bytes(size: Int) {
    let isAllowed = (1...128).contains(size)
    #expect((UserID(String(repeating: "a", count: size)) != nil) == isAllowed)
    #expect((EventType(String(repeating: "a", count: size)) != nil) == isAllowed)
    #expect((IdempotencyKey(String(repeating: "\n", count: size)) != nil) == isAllowed)
  }

  @Test(arguments: [
    ("open", EventType.Refusal.reserved), ("welcome", .reserved), ("heartbeat", .reserved), ("close", .reserved),
    ("error", .reserved),
    (" a", .malformed), ("a ", .malformed), ("a\nb", .malformed), ("", .malformed),
  ])
  func refusesEventTypes(text: String, refusal: EventType.Refusal) {
    #expect(throws: refusal) { try EventType(checking: text) }
  }

  @Test(arguments: ["Open", "opened", "message", "a b", "errör", "-"]) func acceptsEventTypes(text: String) {
    #expect(EventType(text)?.text == text)
  }
}
