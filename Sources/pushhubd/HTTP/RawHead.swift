import HubCore
import HubProtocol

/// A request's head by its grammar (RFC 9112 sections 3 and 5), before anything is made of what it says.
///
/// Strict, as what two parsers could read differently is how requests are smuggled: no folded lines, no blank before a
/// colon, one blank between the parts of the request line, no control characters.
struct RawHead: Sendable {
  static let maxFields = 100

  enum Fault: Error { case malformed, tooManyFields }

  let method: Method
  let target: String
  /// HTTP/1.1; else HTTP/1.0, which knows no chunks.
  let isModern: Bool
  private(set) var fields: HeaderFields

  /// - Parameter bytes: all of the head, which ends with the empty line.
  init(_ bytes: Span<UInt8>) throws(Fault) {
    let blank = UInt8(ascii: " ")
    let methodEnd = bytes.index(of: blank, in: 0..<bytes.count)
    guard methodEnd < bytes.count, let method = Method(bytes.extracting(0..<methodEnd)) else { throw .malformed }
    let targetEnd = bytes.index(of: blank, in: (methodEnd + 1)..<bytes.count)
    let version = targetEnd + 1
    let fieldStart = version + 10
    guard targetEnd > methodEnd + 1, fieldStart <= bytes.count,
      bytes.holds("HTTP/1.1\r\n", at: version) || bytes.holds("HTTP/1.0\r\n", at: version)
    else { throw .malformed }
    self.method = method
    isModern = bytes[version + 7] == UInt8(ascii: "1")
    target = bytes.extracting((methodEnd + 1)..<targetEnd).withUnsafeBufferPointer {
      String(decoding: $0, as: UTF8.self)
    }
    fields = HeaderFields(in: bytes)
    try readFields(bytes, from: fieldStart)
  }

  private mutating func readFields(_ bytes: Span<UInt8>, from start: Int) throws(Fault) {
    var index = start
    var count = 0
    while index < bytes.count, bytes[index] != UInt8(ascii: "\r") {
      count += 1
      guard count <= Self.maxFields else { throw .tooManyFields }
      let colon = bytes.endOfToken(from: index)
      guard colon > index, colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { throw .malformed }
      let end = bytes.endOfText(from: colon + 1)
      // The head's own empty line is behind every field.
      guard end + 2 < bytes.count, bytes.holds("\r\n", at: end) else { throw .malformed }
      if let name = FieldName(bytes, in: index..<colon) {
        let value = (colon + 1)..<end
        fields.append(name, value: name.isFraming ? bytes.trimmedOfBlanks(value) : bytes.trimmed(value))
      }
      index = end + 2
    }
    guard index + 2 == bytes.count, bytes[index + 1] == UInt8(ascii: "\n") else { throw .malformed }
  }
}

extension Span<UInt8> {
  fileprivate func holds(_ word: StaticString, at start: Int) -> Bool {
    for place in 0..<word.utf8CodeUnitCount where self[start + place] != word.utf8Start[place] { return false }
    return true
  }

  /// Where the token ends that begins there.
  fileprivate func endOfToken(from start: Int) -> Int {
    var index = start
    while index < count, self[index].isTokenByte { index += 1 }
    return index
  }

  /// Where the text ends that begins there: at the first control character that is no tab.
  fileprivate func endOfText(from start: Int) -> Int {
    var index = start
    while index < count, self[index].isTextByte { index += 1 }
    return index
  }

  /// The range without the blanks at both ends.
  fileprivate func trimmedOfBlanks(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start] == UInt8(ascii: " ") { start += 1 }
    while start < end, self[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return start..<end
  }

  /// The range without the blanks and tabs at both ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start].isBlank { start += 1 }
    while start < end, self[end - 1].isBlank { end -= 1 }
    return start..<end
  }
}

extension UInt8 {
  /// A blank or a tab: OWS (RFC 9110 section 5.6.3).
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

  /// RFC 9110 section 5.6.2.
  var isTokenByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^"),
      UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// What the value of a field may hold (RFC 9110 section 5.5).
  var isTextByte: Bool { self >= 0x20 && self != 0x7F || self == UInt8(ascii: "\t") }
}
