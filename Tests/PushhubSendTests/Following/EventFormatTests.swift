import HubProtocol
import Testing

@testable import pushhub_send

private func shown(_ line: String, _ style: Invocation.OutputStyle) throws -> String {
  String(decoding: EventFormat.line(try #require(ReceivedEvent(Array(line.utf8))), style), as: UTF8.self)
}

@Test func anEventIsOneLineOfFourWords() throws {
  #expect(
    try shown("EVENT 7-12 user:a%20b new%20type {\"a\":\t1}", .plain) == "7-12 user:a%20b new%20type {\"a\": 1}\n")
  #expect(try shown(#"@as=text EVENT 7-12 * token "a\nb""#, .plain) == "7-12 * token \"a\\nb\"\n")
  #expect(try shown("EVENT 7-12 * message 1", .quiet) == "")
}

@Test func asJSONAnEventHasItsNamesAsTheyAre() throws {
  #expect(
    try shown("@replace=order%2042 EVENT 7-12 user:a%20b new%20type {\"a\":\t1}", .json)
      == #"{"id":"7-12","target":"user:a b","type":"new type","data":{"a": 1},"replace":"order 42"}"# + "\n")
  #expect(
    try shown(#"@as=text;clear=x EVENT 7-12 * token "a\nb""#, .json)
      == #"{"id":"7-12","target":"*","type":"token","text":"a\nb","clear":"x"}"# + "\n")
}

/// They would move a terminal's cursor, or change its colours.
@Test(arguments: [Invocation.OutputStyle.plain, .json])
func noControlCharacterIsShown(style: Invocation.OutputStyle) throws {
  let line = try shown("@replace=%C2%9B%1B EVENT 7-12 * message [\r\"\u{7F}\u{80}\u{9B}\u{9F}\u{A0}é\"]", style)
  #expect(line.contains(#"[ "\u007f\u0080\u009b\u009f"# + "\u{A0}é\"]"))
  let controls = line.unicodeScalars.filter(\.isControl)
  #expect(controls.elementsEqual(["\n"]))
}
