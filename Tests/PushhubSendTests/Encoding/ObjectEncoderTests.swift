import Testing

@testable import pushhub_send

private func object(_ arguments: String...) throws -> String {
  String(decoding: try ObjectEncoder.encode(arguments.compactMap { PairArgument(Array($0.utf8)) }), as: UTF8.self)
}

@Test func textsAreEscapedAndJSONStaysAsItIs() throws {
  #expect(try object("title=say \"hi\"\n", "level=5", "n:=5") == #"{"title":"say \"hi\"\n","level":"5","n":5}"#)
  #expect(try object("a:=[1, {\"b\": \"}],:\"}]", "b:=\"x\\\"}\"") == #"{"a":[1, {"b": "}],:"}],"b":"x\"}"}"#)
  #expect(try object("a:= [1,\n2]\n", "b:=null", "c:=-1.5e3") == #"{"a":[1, 2],"b":null,"c":-1.5e3}"#)
  #expect(try object("a.b-c=") == #"{"a.b-c":""}"#)
}

@Test(arguments: [
  "a:=1,\"admin\":true", "a:=1}", "a:=1},{", "a:=[1", "a:=]", "a:=][", "a:=\"x", "a:={\"x\":1}}", "a:=\"x\":1",
  "a:=high",
  "a:=@file", "a:=True", "a:=tru",
])
func whatIsNotOneValueIsNotLetThrough(argument: String) {
  let failure = #expect(throws: Failure.self) { try object("b=x", argument) }
  #expect(failure?.code == .badData)
  #expect(failure?.message.hasPrefix("a: := takes one JSON value, not ") == true, "\(failure?.message ?? "")")
}

@Test func anEmptyValueAndBrokenTextNameTheirMember() {
  let empty = #expect(throws: Failure.self) { try object("a:= ") }
  #expect(empty?.message.hasPrefix("a: the payload is empty") == true)
  let broken = #expect(throws: Failure.self) {
    try ObjectEncoder.encode([[0x61, 0x3D, 0xC3]].compactMap { PairArgument($0) })
  }
  #expect(broken == Failure(.badData, "a: the payload is not UTF-8"))
}
