import Foundation
import Testing

@testable import HubProtocol

struct JSONScannerTests {
  static let valid = [
    "null", "true", "false", "0", "-0", "12", "-1.5e+10", "1E5", "0.0", "1e-0", "\"\"", "\"a\"", "[]", "{}", " [ ] ",
    "\t\r\n{ }\n", "[1,2]", "[[],[[]],{}]", #"{"a":1,"a":2}"#, #"{"":{"b":[null,true,false]}}"#, #""\"\\\/\b\f\n\r\t""#,
    #""\u0000\uFFFF\uabCD""#, #""\ud800""#, #""\udc00\ud800x""#, #""\ud83d\ude00""#, "\"grüße €😀\u{7F}\u{10FFFF}\"",
    "\"\u{2028}\u{FEFF}\"", "[\r1,\n2\t]", "\"12345678\"", "\"1234567é\"", "\"12345678901234567890\"",
    "123456789012345678901234567890", "{\"a\":{\"b\":{\"c\":[1,[2,[3]]]}}}",
  ]

  static let invalid: [(String, JSONError.Reason, Int)] = [
    ("", .endsEarly, 0), ("  ", .endsEarly, 2), ("nul", .notAValue, 0), ("nulL", .notAValue, 0),
    ("truefalse", .textAfterValue, 4),
    ("True", .notAValue, 0), ("NaN", .notAValue, 0), ("Infinity", .notAValue, 0), ("'a'", .notAValue, 0),
    ("1 2", .textAfterValue, 2),
    ("-", .endsEarly, 1), ("-a", .badNumber, 0), ("01", .badNumber, 0), ("-00", .badNumber, 0), ("1.", .endsEarly, 2),
    (".5", .notAValue, 0), ("+1", .notAValue, 0), ("1.x", .badNumber, 0), ("1e", .endsEarly, 2), ("1e+", .endsEarly, 3),
    ("1ex", .badNumber, 0), ("0x10", .textAfterValue, 1), ("[1.]", .badNumber, 1), ("\"", .endsEarly, 1),
    ("\"a", .endsEarly, 2),
    ("\"\\", .endsEarly, 1), ("\"\\\"", .endsEarly, 3), ("\"\\x\"", .badEscape, 1), ("\"\\u12", .badEscape, 1),
    ("\"\\u12g4\"", .badEscape, 1),
    ("\"\\U0041\"", .badEscape, 1), ("\"a\nb\"", .rawControl, 2), ("\"\0\"", .rawControl, 1),
    ("\"1234567\u{1F}\"", .rawControl, 8),
    ("\"\t\"", .rawControl, 1), ("[", .endsEarly, 1), ("[1", .endsEarly, 2), ("[1,", .endsEarly, 3),
    ("[1,]", .notAValue, 3),
    ("[,1]", .notAValue, 1), ("[1 2]", .missingComma, 3), ("[1}", .missingComma, 2), ("]", .notAValue, 0),
    ("[1]]", .textAfterValue, 3),
    ("{", .endsEarly, 1), ("{\"a\"", .endsEarly, 4), ("{\"a\":", .endsEarly, 5), ("{\"a\":1", .endsEarly, 6),
    ("{\"a\":1,}", .notAName, 7), ("{,}", .notAName, 1), ("{a:1}", .notAName, 1), ("{1:1}", .notAName, 1),
    ("{\"a\" 1}", .missingColon, 5),
    ("{\"a\":1]", .missingComma, 6), ("{\"a\":}", .notAValue, 5), ("{\"a\":1 \"b\":2}", .missingComma, 7),
    ("//x\n1", .notAValue, 0),
    ("1/**/", .textAfterValue, 1), ("\u{FEFF}1", .byteOrderMark, 0), ("\u{A0}1", .notAValue, 0),
    ("1\0", .textAfterValue, 1), ("\u{B}1", .notAValue, 0),
  ]

  static let badUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xE2, 0x82],
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    [0xE2, 0x28, 0xA1],
  ]

  @Test(arguments: valid) func accepts(_ json: String) {
    #expect(JSONScanner.validate(Array(json.utf8)) == nil)
    #expect(ReferenceJSON.accepts(Array(json.utf8)))
  }

  @Test(arguments: invalid) func refuses(_ json: String, _ reason: JSONError.Reason, _ offset: Int) {
    let error = JSONScanner.validate(Array(json.utf8))
    #expect(error?.reason == reason && error?.offset == offset, "\(json): \(String(describing: error))")
    #expect(!ReferenceJSON.accepts(Array(json.utf8)))
  }

  @Test(arguments: badUTF8) func refusesBrokenUTF8InAString(_ bytes: [UInt8]) {
    for padding in 0...9 {
      let string = Array("\"".utf8) + repeatElement(0x61, count: padding) + bytes + Array("\"".utf8)
      #expect(JSONScanner.validate(string) == JSONError(reason: .badUTF8, offset: 1 + padding))
      #expect(JSONScanner.validate(Array(string.dropLast()))?.reason == .badUTF8)
    }
  }

  @Test(arguments: valid) func refusesEveryBeginningOfAContainer(_ json: String) {
    let bytes = Array(json.utf8)
    for end in bytes.indices {
      let part = Array(bytes[..<end])
      #expect((JSONScanner.validate(part) == nil) == ReferenceJSON.accepts(part))
    }
  }

  @Test(arguments: [1, 2, 63, 64, 65, 128, 129, 511, 512]) func nestsAsDeepAsAllowed(depth: Int) {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")] {
      let levels = open.utf8.first == UInt8(ascii: "[") && open.utf8.count > 1 ? 2 : 1
      let times = depth / levels
      guard times > 0 else { continue }
      let json = Array((String(repeating: open, count: times) + "1" + String(repeating: close, count: times)).utf8)
      #expect(JSONScanner.validate(json, maxDepth: times * levels) == nil)
      #expect(JSONScanner.validate(json, maxDepth: times * levels - 1)?.reason == .tooDeep)
      let mismatched = Array(
        (String(repeating: open, count: times) + "1" + String(repeating: close, count: times - 1)).utf8)
      #expect(JSONScanner.validate(mismatched)?.reason == .endsEarly)
    }
  }

  @Test func limitsNestingWithoutRecursion() {
    #expect(JSONScanner.validate([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))?.offset == 512)
    let deep =
      [UInt8](repeating: UInt8(ascii: "["), count: 100_000) + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000)
    #expect(JSONScanner.validate(deep, maxDepth: 100_000) == nil)
    #expect(JSONScanner.validate(deep, maxDepth: 99_999)?.reason == .tooDeep)
  }

  @Test(arguments: 0..<8) func agreesWithTheReferenceOnMutations(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet =
      Array("{}[],:\"\\ \t\n\r0123456789-+.eEutrfalsn/bé😀\u{0}\u{1F}".utf8) + [0xFF, 0xC0, 0xED, 0xA0, 0xF4]
    for _ in 0..<4000 {
      let bytes = Array((Self.valid.randomElement(using: &generator) ?? "").utf8)
        .mutated(with: alphabet, using: &generator)
      let error = JSONScanner.validate(bytes)
      #expect(
        (error == nil) == ReferenceJSON.accepts(bytes) && error?.offset ?? 0 <= bytes.count,
        "seed \(seed): \(bytes) \(String(describing: error))")
    }
  }

  @Test(arguments: 0..<4) func agreesWithFoundationOnMutations(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("{}[],:\"\\ \n0123456789-+.eEutrfalsn/bé€".utf8)
    for _ in 0..<2000 {
      let bytes = Array((Self.valid.randomElement(using: &generator) ?? "").utf8)
        .mutated(with: alphabet, using: &generator)
      // Foundation refuses escaped surrogates that stand alone and numbers that no Double holds; it takes byte order
      // marks and a comma before a closing bracket, and guesses UTF-16 from zero bytes.
      let hasNoOpinion = #"\\u|[eE][+-]?[0-9]{3}|,\s*[\]}]|\x00|\uFEFF"#
      guard text(bytes).range(of: hasNoOpinion, options: .regularExpression) == nil else { continue }
      let foundation = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
      #expect((JSONScanner.validate(bytes) == nil) == foundation, "seed \(seed): \(text(bytes))")
    }
  }
}
