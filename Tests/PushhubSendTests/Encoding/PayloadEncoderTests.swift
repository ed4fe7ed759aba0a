import Testing

@testable import pushhub_send

private func encode(_ payload: String, as form: Publication.PayloadForm) throws -> String {
  String(decoding: try PayloadEncoder.encode(Array(payload.utf8), as: form), as: UTF8.self)
}

@Test(arguments: [
  ("{}", "{}"),
  (" \t\r\n{\"a\":1}\n\n", "{\"a\":1}"),
  ("{\n  \"a\": [1,\r\n2]\n}", "{   \"a\": [1,  2] }"),
  ("1\n2", "1 2"),
  (#"{"a":"x\ny\\","b\"":1}"#, #"{"a":"x\ny\\","b\"":1}"#),
  ("\"a\\\\\"\n", "\"a\\\\\""),
  ("\"\u{7F}\u{85}\u{2028}é😀\"", "\"\u{7F}\u{85}\u{2028}é😀\""),
  ("not json", "not json"),
])
func jsonIsFoldedIntoOneLine(json: String, folded: String) throws {
  #expect(try encode(json, as: .json) == folded)
}

@Test(arguments: [
  ("\"a\nb\"", "(line 1) holds a line break as it is; JSON writes it as \\n"),
  ("{\n\"a\":\n\"\t\"}", "(line 3) holds a tab as it is; JSON writes it as \\t"),
  ("\"\r\"", "(line 1) holds a carriage return as it is; JSON writes it as \\r"),
  ("\"\\\n\"", "holds a line break"),
  ("\"\u{0}\"", "JSON writes it as \\u0000"),
  ("\"\u{1B}\"", "JSON writes it as \\u001b"),
  ("", "the payload is empty"),
  (" \r\n\t", "the payload is empty"),
])
func jsonThatCannotBeOneLineIsBadData(json: String, message: String) {
  let failure = #expect(throws: Failure.self) { try encode(json, as: .json) }
  #expect(failure?.code == .badData)
  #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
}

@Test(arguments: [
  ("", "\"\""),
  ("plain", "\"plain\""),
  ("say \"hi\" \\o/", #""say \"hi\" \\o/""#),
  ("a\nb\r\tc", #""a\nb\r\tc""#),
  ("\u{0}\u{8}\u{C}\u{1B}\u{1F}", #""\u0000\b\f\u001b\u001f""#),
  ("\u{7F}\u{85}\u{2028}é😀", "\"\u{7F}\u{85}\\u2028é😀\""),
])
func anyTextIsAJSONString(text: String, json: String) throws {
  #expect(try encode(text, as: .text) == json)
  #expect(try encode(text, as: .raw) == json)
}

@Test(
  arguments: [
    [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x22, 0xE2, 0x82, 0x22],
  ] as [[UInt8]])
func aPayloadThatIsNotUTF8IsBadData(payload: [UInt8]) {
  for form in [Publication.PayloadForm.json, .text] {
    let failure = #expect(throws: Failure.self) { try PayloadEncoder.encode(payload, as: form) }
    #expect(failure == Failure(.badData, "the payload is not UTF-8"))
  }
}

@Test(arguments: [
  ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a\r", "a\r"), ("a", "a"), ("\n", ""), ("\r\n", ""), ("", ""),
])
func oneLineBreakAtTheEndOfAFileIsNotPartOfItsText(text: String, rest: String) {
  #expect(PayloadEncoder.withoutFinalLineBreak(Array(text.utf8)) == Array(rest.utf8))
}
