import HubProtocol
import Testing

struct ReplyTests {
  @Test func isOneLineOfText() {
    let id = EventID(epoch: 1_765_368_000_000, sequence: 42)
    #expect(text(Reply.published(id, sentCount: 17).bytes) == "OK 1765368000000-42 17\n")
    #expect(text(Reply.published(EventID(epoch: 0, sequence: 0), sentCount: 0).bytes) == "OK 0-0 0\n")
    #expect(text(Reply.count(2).bytes) == "OK 2\n")
    #expect(text(Reply.pong.bytes) == "OK pong\n")
    #expect(
      text(Reply.json(JSONText.object { $0.member("a", "x\n\u{2028}") }).bytes) == #"OK {"a":"x\n\u2028"}"# + "\n")
    #expect(text(Reply.error(.badVerb, "No.").bytes) == "ERR bad-verb No.\n")
    #expect(text(Reply(CommandError(.draining, "Later.")).bytes) == "ERR draining Later.\n")
  }

  @Test(arguments: ["a\nb", "a\r\nb", "\u{85}", "\u{2028}\u{2029}", "\u{1B}[2J", "\0", "é\n€😀"])
  func neverHoldsALineBreak(message: String) {
    let line = text(Reply.error(.forbidden, message).bytes)
    #expect(line.hasPrefix("ERR forbidden ") && line.hasSuffix("\n"))
    let breaks = line.unicodeScalars.dropLast().filter { $0.isControl || $0 == "\u{2028}" || $0 == "\u{2029}" }
    #expect(breaks.isEmpty)
    #expect(line.unicodeScalars.count == message.unicodeScalars.count + "ERR forbidden \n".unicodeScalars.count)
    #expect(Reply.json(Array("{\n\"a\":\r\n1}".utf8)).bytes.count { $0 < 0x20 } == 1)
  }

  @Test func appendsToWhatIsThere() {
    var bytes = Array("OK 1\n".utf8)
    Reply.pong.append(to: &bytes)
    #expect(text(bytes) == "OK 1\nOK pong\n")
  }

  @Test func codesAreThoseOfTheProtocol() {
    let codes = [
      "bad-verb", "bad-target", "bad-event", "reserved-event", "bad-json", "bad-tag", "bad-utf8", "too-long",
      "missing-argument", "unknown-connection", "unknown-event", "key-reused", "too-many-keys",
      "too-many-topics", "too-many-values", "too-many-revocations", "bad-argument", "rate-limited", "slow-consumer",
      "overloaded", "draining", "incomplete",
      "forbidden",
    ]
    #expect(ErrorCode.allCases.map(\.rawValue) == codes)
  }
}
