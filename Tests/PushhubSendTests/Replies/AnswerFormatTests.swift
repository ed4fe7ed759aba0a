import Testing

@testable import pushhub_send

private typealias Style = Invocation.OutputStyle

private func answer(
  _ line: String, _ content: AnswerFormat.Content, _ style: Invocation.OutputStyle = .plain, strict: Bool = false
) throws -> AnswerFormat.Answer {
  try AnswerFormat(content: content, style: style, requiresDelivery: strict).answer(to: Array(line.utf8))
}

private func shown(_ text: String) -> AnswerFormat.Answer { AnswerFormat.Answer(output: Array(text.utf8)) }

@Test(arguments: [
  (AnswerFormat.Content.receipt, "OK e-1 2", "e-1 2\n", "{\"id\":\"e-1\",\"sentCount\":2}\n"),
  (.receipt, "OK e-1 0", "e-1 0\n", "{\"id\":\"e-1\",\"sentCount\":0}\n"),
  (.receipt, "OK a\"b\\ 1", "a\"b\\ 1\n", "{\"id\":\"a\\\"b\\\\\",\"sentCount\":1}\n"),
  (.receipt, "OK e-1 2 later", "e-1 2\n", "{\"id\":\"e-1\",\"sentCount\":2}\n"),
  (.closedCount, "OK 3", "3\n", "{\"closedCount\":3}\n"),
  (.document, "OK {\"a\": [1]}", "{\"a\": [1]}\n", "{\"a\": [1]}\n"),
  (.pong, "OK pong", "pong\n", "{\"pong\":true}\n"),
])
func anAnswerIsShownInThreeStyles(content: AnswerFormat.Content, line: String, plain: String, json: String) throws {
  #expect(try answer(line, content) == shown(plain))
  #expect(try answer(line, content, .json) == shown(json))
  #expect(try answer(line, content, .quiet) == shown(""))
}

@Test(arguments: [
  "bad-verb", "bad-target", "bad-event", "reserved-event", "bad-json", "bad-tag", "bad-utf8", "too-long",
  "missing-argument", "unknown-connection", "incomplete", "not-known-yet",
])
func whatTheHubRefusesForGoodIsBadData(code: String) throws {
  let answer = try answer("ERR \(code) said why", .receipt)
  #expect(answer == AnswerFormat.Answer(output: [], failure: Failure(.badData, "\(code): said why")))
}

@Test(arguments: ["rate-limited", "overloaded", "draining"])
func whatTheHubRefusesForNowIsTryAgain(code: String) throws {
  #expect(try answer("ERR \(code) later", .closedCount).failure == Failure(.tryAgain, "\(code): later"))
}

@Test func whatTheHubDoesNotAllowIsNoPermission() throws {
  #expect(try answer("ERR forbidden why", .receipt).failure == Failure(.noPermission, "forbidden: why"))
}

@Test func aRefusalMayHaveNoMessage() throws {
  #expect(try answer("ERR bad-json", .receipt).failure == Failure(.badData, "bad-json"))
}

@Test func requiredDeliveryIsAFailureWhenNobodyGotTheEvent() throws {
  let nobody = try answer("OK e-1 0", .receipt, strict: true)
  #expect(nobody.output == Array("e-1 0\n".utf8))
  #expect(nobody.failure?.code == .undelivered)
  #expect(try answer("OK e-1 1", .receipt, strict: true).failure == nil)
  #expect(try answer("ERR unknown-connection x", .receipt, strict: true).failure?.code == .undelivered)
  #expect(try answer("ERR bad-json x", .receipt, strict: true).failure?.code == .badData)
}

@Test(arguments: [
  (AnswerFormat.Content.receipt, ""), (.receipt, "OK"), (.receipt, "OK e-1"), (.receipt, "OK e-1 x"),
  (.receipt, "OK e-1 -1"), (.receipt, "OK e-1 99999999999999999999"), (.receipt, "ok e-1 2"), (.receipt, "ERR"),
  (.receipt, "HTTP/1.1 400 Bad Request"), (.closedCount, "OK {}"), (.document, "OK 3"), (.document, "OK "),
  (.pong, "OK ping"), (.pong, "+PONG"),
])
func whatNoHubAnswersIsToldAsSuch(content: AnswerFormat.Content, line: String) {
  let failure = #expect(throws: Failure.self) { try answer(line, content) }
  #expect(failure?.code == .unavailable)
  #expect(failure?.message.contains("does not answer as a hub does") == true)
}
