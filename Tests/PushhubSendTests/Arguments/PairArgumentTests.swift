import Testing

@testable import pushhub_send

private func pair(_ text: String) -> PairArgument? { PairArgument(Array(text.utf8)) }

@Test(arguments: [
  ("title=hi", "title", "hi"), ("a=", "a", ""), ("a==b", "a", "=b"), ("a=:=b", "a", ":=b"),
  ("_x.y-Z9=@/etc/hostname", "_x.y-Z9", "@/etc/hostname"),
  ("a=\n-", "a", "\n-"),
])
func nameAndTextAreAMember(argument: String, name: String, text: String) {
  #expect(pair(argument)?.name == name)
  #expect(pair(argument)?.value == .text(Array(text.utf8)))
}

@Test(arguments: [("n:=5", "n", "5"), ("n:=", "n", ""), ("a.b:==", "a.b", "="), ("A:={\"x\":1}", "A", "{\"x\":1}")])
func nameAndJSONAreAMember(argument: String, name: String, json: String) {
  #expect(pair(argument)?.name == name)
  #expect(pair(argument)?.value == .json(Array(json.utf8)))
}

@Test(arguments: [
  "", "=", ":=", "a", "1a=b", "-a=b", ".a=b", "a:b=c", "a b=c", "ä=b", "a: =b", "@a=b", "{\"a\":\"b=c\"}", "\"a=b\"",
  "[1]", "true",
])
func whatDoesNotBeginWithANameIsNoMember(argument: String) { #expect(pair(argument) == nil) }

@Test func aTextMayBeAnyBytes() {
  #expect(PairArgument([0x61, 0x3D, 0xFF])?.value == .text([0xFF]))
}
