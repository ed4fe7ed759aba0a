import HubProtocol
import Testing

struct ReceivedReplyTests {
  @Test func whatTheHubWritesIsReadBack() {
    func read(_ reply: Reply, _ form: ReceivedReply.Form) -> ReceivedReply? {
      ReceivedReply(Array(reply.bytes.dropLast()), to: form)
    }
    let id = EventID(epoch: 1_765_368_000_000, sequence: 42)
    #expect(
      read(.published(id, sentCount: 17), .published) == .published(id: id.description, sentCount: 17))
    #expect(read(.count(3), .closed) == .closed(3))
    #expect(read(.json(Array("{\"a\": [1]}".utf8)), .json) == .json(Array("{\"a\": [1]}".utf8)))
    #expect(read(.pong, .pong) == .pong)
    #expect(ReceivedReply(Array("OK 3".utf8), to: .changed) == .changed(3))
    for code in ErrorCode.allCases {
      #expect(read(.error(code, "said why"), .pong) == .error(code: code.rawValue, message: "said why"))
    }
  }

  @Test(arguments: [
    ("OK e-1 2", ReceivedReply.published(id: "e-1", sentCount: 2)), ("OK e 1 later", .published(id: "e", sentCount: 1)),
    ("ERR odd", .error(code: "odd", message: "")), ("ERR odd  a  b ", .error(code: "odd", message: " a  b ")),
    ("", nil), ("OK", nil), ("OK e-1", nil), ("OK e-1 x", nil), ("OK e-1 -1", nil),
    ("OK e-1 99999999999999999999", nil),
    ("ok e-1 2", nil), ("ERR", nil), ("ERR ", nil), ("HTTP/1.1 400 Bad Request", nil),
  ])
  func readsReceiptsAndErrors(line: String, expected: ReceivedReply?) {
    #expect(ReceivedReply(Array(line.utf8), to: .published) == expected)
  }

  @Test(arguments: [
    (ReceivedReply.Form.closed, "OK {}"), (.changed, "OK"), (.changed, "OK x"), (.json, "OK 3"), (.json, "OK "),
    (.pong, "OK ping"), (.pong, "+PONG"),
  ])
  func knowsWhatNoHubAnswers(form: ReceivedReply.Form, line: String) {
    #expect(ReceivedReply(Array(line.utf8), to: form) == nil)
  }
}
