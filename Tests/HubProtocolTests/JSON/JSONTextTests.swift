import Foundation
import HubProtocol
import Testing

struct JSONTextTests {
  @Test(arguments: [
    ("", "\"\""), ("plain", "\"plain\""), ("a\"b\\c/d", #""a\"b\\c/d""#),
    ("\n\r\t\u{8}\u{C}", #""\n\r\t\b\f""#), ("\0\u{1}\u{1F}", #""\u0000\u0001\u001f""#),
    ("\u{7F}\u{85}", "\"\u{7F}\u{85}\""),
    ("\u{2027}\u{2028}\u{2029}\u{202A}", "\"\u{2027}\\u2028\\u2029\u{202A}\""), ("â€é😀", "\"â€é😀\""),
    ("\u{2028}", "\"\\u2028\""),
  ])
  func stringsEscapeWhatMustBe(value: String, written: String) throws {
    #expect(text(JSONText.string(value)) == written)
    let parsed = try JSONSerialization.jsonObject(with: Data(JSONText.string(value)), options: .fragmentsAllowed)
    #expect((parsed as? String)?.utf8.elementsEqual(value.utf8) == true)
  }

  @Test func everyScalarComesBack() throws {
    let scalars = (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init)
    let value = scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
    let parsed = try JSONSerialization.jsonObject(with: Data(JSONText.string(value)), options: .fragmentsAllowed)
    #expect((parsed as? String)?.utf8.elementsEqual(value.utf8) == true)
    #expect(!JSONText.string(value).contains { $0 < 0x20 })
  }

  @Test func objectsAndArraysPutCommasBetweenMembers() {
    let bytes = JSONText.object {
      $0.member("a", "x")
      $0.member("n", nil)
      $0.member("i", -3)
      $0.member("b", true)
      $0.name("empty")
      $0.object { _ in }
      $0.name("list")
      $0.array {
        $0.value(1)
        $0.array { _ in }
        $0.object { $0.member("x", UInt64.max) }
        $0.value("y")
        $0.value(false)
      }
      $0.member("last", "z")
    }
    #expect(
      text(bytes)
        == #"{"a":"x","n":null,"i":-3,"b":true,"empty":{},"list":[1,[],{"x":18446744073709551615},"y",false],"last":"z"}"#
    )
  }
}
