import Foundation
import Testing

@testable import HubProtocol

struct JSONObjectTests {
  private func object(_ json: String) throws -> JSONObject { try JSONObject(Array(json.utf8)) }

  /// The value of the only member.
  private func value(_ json: String) throws -> JSONValue {
    try #require(try object("{\"x\": \(json) }")["x"])
  }

  @Test func givesItsMembersAsTheyCame() throws {
    let body = try object(
      """
       { "userId":42,"eventType" : "notice", "data": { "b":1, "a":[ 1.50 ,{}] }
      ,"filter":{"userIds":[42,"43"]},"ttl":60 , "flag":true,"none":null}\r\n
      """)
    #expect(body.members.map(\.name) == ["userId", "eventType", "data", "filter", "ttl", "flag", "none"])
    #expect(body["userId"]?.name == "42" && body["eventType"]?.string == "notice")
    #expect(text(try #require(body["data"]).raw) == #"{ "b":1, "a":[ 1.50 ,{}] }"#)
    #expect(body["ttl"]?.integer == 60 && body["flag"]?.bool == true && body["none"]?.kind == .null)
    let filter = try #require(body["filter"]?.object)
    #expect(filter["userIds"]?.elements?.map(\.name) == ["42", "43"])
    #expect(body["missing"] == nil && body.duplicateName == nil)
  }

  @Test(arguments: [
    ("{}", nil, 0), (#"{"a":1,"b":2}"#, nil, 2), (#"{"a":1,"a":2}"#, "a", 2), (#"{"a":1,"\u0061":2}"#, "a", 2),
    (#"{"a":1,"b":1,"b":2,"a":2}"#, "b", 4), (#"{"e\u0301":1,"\u00e9":2}"#, nil, 2), (#"{"x":{"a":1,"a":2}}"#, nil, 1),
    (#"{"\ud800":1,"\ud800":2}"#, nil, 0), (#"{"":1,"":2}"#, "", 2),
  ])
  func noticesDuplicateNames(json: String, duplicate: String?, count: Int) throws {
    #expect(try object(json).duplicateName == duplicate)
    #expect(try object(json).members.count == count)
  }

  @Test func ofTwoMembersWithOneNameTheLaterCounts() throws {
    #expect(try object(#"{"a":1,"a":2}"#)["a"]?.integer == 2)
  }

  /// Around the number of members from which on their names are hashed.
  @Test(arguments: [1, 7, 8, 9, 10, 17, 1000])
  func findsAnyOfManyMembers(count: Int) throws {
    let members = (0..<count).map { #""m\#($0)":\#($0)"# }
    let body = try object("{\(members.joined(separator: ","))}")
    #expect(body.duplicateName == nil && body["m\(count)"] == nil)
    for number in 0..<count { #expect(body["m\(number)"]?.integer == number) }
    for double in [0, count / 2, count - 1] {
      let body = try object("{\(members.joined(separator: ",")),\"m\(double)\":-1}")
      #expect(body.duplicateName == "m\(double)" && body["m\(double)"]?.integer == -1)
    }
  }

  @Test(arguments: [
    ("[]", JSONError.Reason.notAnObject, 0), ("1", .notAnObject, 0), ("nul", .notAValue, 0), ("", .endsEarly, 0),
    ("{", .endsEarly, 1),
    (#"{"a":1"#, .endsEarly, 6), (#"{"a":1]"#, .missingComma, 6), ("{}x", .textAfterValue, 2),
    (#"{"a":[1,]}"#, .notAValue, 8),
    ("{,}", .notAName, 1), (#"{"a":1,}"#, .notAName, 7), ("\u{FEFF}{}", .byteOrderMark, 0),
  ])
  func refuses(json: String, reason: JSONError.Reason, offset: Int) {
    #expect(throws: JSONError(reason: reason, offset: offset)) { try object(json) }
  }

  @Test func membersMayBeAsDeepAsAnyValue() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    let body = try object("{\"data\":\(nested(512))}")
    #expect(body["data"]?.elements?.count == 1)
    #expect(throws: JSONError(reason: .tooDeep, offset: 8 + 512)) { try object("{\"data\":\(nested(513))}") }
  }

  @Test(arguments: [
    (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""x\u0041y""#, "xAy"),
    (#""\u0000""#, "\0"),
    (#""\u20ac\u00E9""#, "€é"), (#""\ud83d\ude00!""#, "😀!"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""é€😀""#, "é€😀"),
    (#""\ud800""#, nil), (#""\udc00""#, nil), (#""\ud800x""#, nil), (#""\ud800\ud800""#, nil),
    (#""\ud800\u0041""#, nil),
    (#""\ude00\ud83d""#, nil), (#""\\ud800""#, "\\ud800"), ("1", nil), ("null", nil), ("[]", nil),
  ])
  func decodesStrings(json: String, decoded: String?) throws {
    let string = try value(json).string
    #expect(string.map { Array($0.utf8) } == decoded.map { Array($0.utf8) })
  }

  @Test func decodesEveryEscapedUnit() throws {
    let wrong = try (0...0xFFFF).filter { unit in
      let digits = String(unit, radix: 16)
      let json = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
      let expected = Unicode.Scalar(UInt32(unit)).map { String(Character($0)) }
      return try value(json).string != expected
    }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: [
    ("0", "0"), ("42", "42"), ("-7", "-7"), ("123456789012345678901234567890", "123456789012345678901234567890"),
    ("-0", nil), ("1.0", nil), ("1e2", nil), ("1E2", nil), ("-0.0", nil), ("\"42\"", nil), ("null", nil), ("true", nil),
    ("[1]", nil),
  ])
  func integersKeepTheirDecimalForm(json: String, decimal: String?) throws {
    let value = try value(json)
    #expect(value.decimal == decimal)
    #expect(value.integer == decimal.flatMap { Int($0) })
    #expect(value.name == (json == "\"42\"" ? "42" : decimal))
  }

  @Test(arguments: [
    ("[]", []), ("[ ]", []), ("[1]", ["1"]),
    ("[ 1 , [2,3] ,\n{\"a\":[]},\"],\" ]", ["1", "[2,3]", "{\"a\":[]}", "\"],\""]), ("{}", nil), ("1", nil),
  ])
  func arraysGiveTheirElements(json: String, elements: [String]?) throws {
    #expect(try value(json).elements?.map { text($0.raw) } == elements)
  }

  @Test(arguments: [
    ("true", JSONValue.Kind.bool), ("false", .bool), ("null", .null), ("\"\"", .string), ("-1", .number),
    ("0", .number), ("[]", .array), ("{}", .object),
  ])
  func knowsKinds(json: String, kind: JSONValue.Kind) throws {
    let value = try value(json)
    #expect(value.kind == kind)
    #expect(value.bool == (kind == .bool ? json == "true" : nil))
    #expect((value.object != nil) == (kind == .object))
  }

  @Test(arguments: 0..<4) func neverTrapsAndAcceptsWhatTheScannerAccepts(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let seeds = [
      #"{"userId":42,"data":{"a":[1,"x\u00e9",null]},"filter":{"userIds":[42,"43"]}}"#,
      #"{"a":"\ud83d\ude00","b":-1.5e3}"#, "{}",
    ]
    let alphabet = Array("{}[],:\"\\u0d8 \n1-.eé".utf8) + [0xFF]
    for _ in 0..<4000 {
      let bytes = Array((seeds.randomElement(using: &generator) ?? "").utf8).mutated(with: alphabet, using: &generator)
      let isObject = bytes.first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) } == UInt8(ascii: "{")
      let object = try? JSONObject(bytes)
      #expect(
        (object != nil) == (isObject && JSONScanner.validate(bytes, maxDepth: 513) == nil), "seed \(seed): \(bytes)")
      for value in object?.members.map(\.value) ?? [] {
        _ = (value.string, value.name, value.integer, value.bool, value.object)
        #expect((value.elements != nil) == (value.kind == .array))
        #expect(JSONScanner.validate(Array(value.raw)) == nil)
      }
    }
  }
}
