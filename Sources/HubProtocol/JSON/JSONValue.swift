/// One valid JSON value, as the very bytes that came in.
package struct JSONValue: Sendable {
  package enum Kind: Sendable { case string, number, object, array, bool, null }

  package let kind: Kind
  /// Where the value stands among all bytes, without blanks around it.
  let range: Range<Int>
  /// The whole text that the value is part of; shared, not copied.
  let bytes: [UInt8]

  /// The value that stands in a range; the scanner has found it valid.
  init(at range: Range<Int>, of bytes: [UInt8]) {
    self.range = range
    self.bytes = bytes
    kind = Kind(first: bytes[range.lowerBound])
  }

  /// The one value of a text that the scanner has found valid; nil where there is none.
  package init?(_ json: [UInt8]) {
    guard let start = json.firstIndex(where: { $0 > 0x20 }), let end = json.lastIndex(where: { $0 > 0x20 })
    else { return nil }
    self.init(at: start..<end + 1, of: json)
  }

  /// The value as it came.
  package var raw: ArraySlice<UInt8> { bytes[range] }

  /// The text of a string; nil for anything else, and where an escaped surrogate stands alone.
  package var string: String? { kind == .string ? JSONStringDecoder.decode(range, of: bytes.span) : nil }

  /// The decimal form of an integer, of any size; nil for `-0`, a fraction, an exponent and anything else.
  package var decimal: String? {
    guard kind == .number else { return nil }
    let digits = raw.first == UInt8(ascii: "-") ? raw.dropFirst() : raw
    guard digits.allSatisfy(\.isDigit) else { return nil }
    guard digits.count == raw.count || digits.first != UInt8(ascii: "0") else { return nil }
    return String(decoding: raw, as: UTF8.self)
  }

  /// An integer, where it fits.
  package var integer: Int? { decimal.flatMap { Int($0) } }

  /// A name that may be written as a string or as an integer: `"42"` and `42` are the same one.
  package var name: String? { string ?? decimal }

  package var bool: Bool? { kind == .bool ? raw.first == UInt8(ascii: "t") : nil }

  /// The members of an object; nil for anything else.
  package var object: JSONObject? { kind == .object ? try? JSONObject(bytes, in: range) : nil }

  /// The elements of an array; nil for anything else.
  package var elements: [JSONValue]? {
    guard kind == .array else { return nil }
    var elements: [JSONValue] = []
    var scanner = JSONScanner(index: range.lowerBound + 1)
    let span = bytes.span
    scanner.skipBlanks(span)
    while scanner.index < range.upperBound - 1 {
      let start = scanner.index
      guard (try? scanner.skipValue(span, maxDepth: Int.max)) != nil else { return nil }
      elements.append(JSONValue(at: start..<scanner.index, of: bytes))
      scanner.skipBlanks(span)
      scanner.index += 1
      scanner.skipBlanks(span)
    }
    return elements
  }
}

extension JSONValue.Kind {
  fileprivate init(first byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "{"): self = .object
    case UInt8(ascii: "["): self = .array
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
    case UInt8(ascii: "n"): self = .null
    default: self = .number
    }
  }
}
