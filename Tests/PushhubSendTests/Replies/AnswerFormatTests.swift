import HubProtocol
import Testing

@testable import pushhub_send

private typealias Style = Invocation.OutputStyle

private func answer(
  _ line: String, _ content: ReceivedReply.Form, _ style: Invocation.OutputStyle = .plain, strict: Bool = false
) throws -> AnswerFormat.Answer {
  try AnswerFormat(content: content, style: style, requiresDelivery: strict).answer(to: Array(line.utf8))
}

private func shown(_ text: String) -> AnswerFormat.Answer { AnswerFormat.Answer(output: Array(text.utf8)) }

@Test(arguments: [
  (ReceivedReply.Form.published, "OK e-1 2", "e-1 2\n", "{\"id\":\"e-1\",\"sentCount\":2}\n"),
  (.published, "OK e-1 0", "e-1 0\n", "{\"id\":\"e-1\",\"sentCount\":0}\n"),
  (.published, "OK a\"b\\ 1", "a\"b\\ 1\n", "{\"id\":\"a\\\"b\\\\\",\"sentCount\":1}\n"),
  (.published, "OK e-1 2 later", "e-1 2\n", "{\"id\":\"e-1\",\"sentCount\":2}\n"),
  (.closed, "OK 3", "3\n", "{\"closedCount\":3}\n"),
  (.changed, "OK 2", "2\n", "{\"changedCount\":2}\n"),
  (.json, "OK {\"a\": [1]}", "{\"a\": [1]}\n", "{\"a\": [1]}\n"),
  (.pong, "OK pong", "pong\n", "{\"pong\":true}\n"),
])
func anAnswerIsShownInThreeStyles(content: ReceivedReply.Form, line: String, plain: String, json: String) throws {
  #expect(try answer(line, content) == shown(plain))
  #expect(try answer(line, content, .json) == shown(json))
  #expect(try answer(line, content, .quiet) == shown(""))
}

@Test(arguments: [
  "bad-verb", "bad-target", "bad-event", "reserved-event", "bad-json", "bad-tag", "bad-utf8", "too-long",
  "missing-argument", "unknown-connection", "incomplete", "too-many-topics", "too-many-values", "bad-argument",
  "not-known-yet",
])
func whatTheHubRefusesForGoodIsBadData(code: String) throws {
  let answer = try answer("ERR \(code) said why", .published)
  #expect(answer == AnswerFormat.Answer(output: [], failure: Failure(.badData, "\(code): said why")))
}

@Test(arguments: ["rate-limited", "overloaded", "draining"])
func whatTheHubRefusesForNowIsTryAgain(code: String) throws {
  #expect(try answer("ERR \(code) later", .closed).failure == Failure(.tryAgain, "\(code): later"))
}

@Test func whatTheHubDoesNotAllowIsNoPermission() throws {
  #expect(try answer("ERR forbidden why", .published).failure == Failure(.noPermission, "forbidden: why"))
}

@Test func aRefusalMayHaveNoMessage() throws {
  #expect(try answer("ERR bad-json", .published).failure == Failure(.badData, "bad-json"))
}

@Test func requiredDeliveryIsAFailureWhenNobodyGotTheEvent() throws {
  let nobody = try answer("OK e-1 0", .published, strict: true)
  #expect(nobody.output == Array("e-1 0\n".utf8))
  #expect(nobody.failure?.code == .undelivered)
  #expect(try answer("OK e-1 1", .published, strict: true).failure == nil)
  #expect(try answer("ERR unknown-connection x", .published, strict: true).failure?.code == .undelivered)
  #expect(try answer("ERR bad-json x", .published, strict: true).failure?.code == .badData)
}

@Test(arguments: [
  (ReceivedReply.Form.published, ""), (.published, "OK"), (.published, "OK e-1"), (.published, "OK e-1 x"),
  (.published, "OK e-1 -1"), (.published, "OK e-1 99999999999999999999"), (.published, "ok e-1 2"), (.published, "ERR"),
  (.published, "HTTP/1.1 400 Bad Request"), (.closed, "OK {}"), (.json, "OK 3"), (.json, "OK "),
  (.pong, "OK ping"), (.pong, "+PONG"),
])
func whatNoHubAnswersIsToldAsSuch(content: ReceivedReply.Form, line: String) {
  let failure = #expect(throws: Failure.self) { try answer(line, content) }
  #expect(failure?.code == .unavailable)
  #expect(failure?.message.contains("does not answer as a hub does") == true)
}
