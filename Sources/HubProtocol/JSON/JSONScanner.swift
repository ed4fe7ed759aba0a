/// Checks JSON strictly (RFC 8259), in one pass and without making anything of it.
///
/// Strings are valid UTF-8; an escaped surrogate may stand alone, as the RFC's grammar has it. Nesting costs one bit a
/// level and no recursion.
package struct JSONScanner {
  /// How deep arrays and objects may be nested: what parsers elsewhere can be trusted with.
  package static let maxDepth = 512

  /// Where the scanner stands.
  var index: Int

  /// What is wrong with bytes that should be one JSON value and nothing else; nil where nothing is.
  package static func validate(_ bytes: Span<UInt8>, maxDepth: Int = maxDepth) -> JSONError? {
    var scanner = JSONScanner(index: 0)
    do throws(JSONError) {
      try scanner.skipValue(bytes, maxDepth: maxDepth)
      try scanner.skipToEnd(bytes)
      return nil
    } catch {
      return error
    }
  }

  package static func validate(_ bytes: [UInt8], maxDepth: Int = maxDepth) -> JSONError? {
    validate(bytes.span, maxDepth: maxDepth)
  }

  /// Goes past the blanks and the one value that come next.
  mutating func skipValue(_ bytes: Span<UInt8>, maxDepth: Int) throws(JSONError) {
    var nesting = JSONNesting()
    repeat {
      skipBlanks(bytes)
      switch byte(bytes) {
      case UInt8(ascii: "\""): try skipString(bytes)
      case UInt8(ascii: "{"):
        if try open(bytes, isObject: true, in: &nesting, maxDepth: maxDepth) { continue }
      case UInt8(ascii: "["):
        if try open(bytes, isObject: false, in: &nesting, maxDepth: maxDepth) { continue }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber(bytes)
      case UInt8(ascii: "t"): try skipLiteral("true", bytes)
      case UInt8(ascii: "f"): try skipLiteral("false", bytes)
      case UInt8(ascii: "n"): try skipLiteral("null", bytes)
      default: throw noValue(bytes)
      }
      try closeAll(bytes, in: &nesting)
    } while nesting.depth > 0
  }

  /// Goes past blanks to the end, where nothing may stand.
  mutating func skipToEnd(_ bytes: Span<UInt8>) throws(JSONError) {
    skipBlanks(bytes)
    guard index == bytes.count else { throw error(.textAfterValue) }
  }

  /// Goes past the four bytes that JSON calls white space.
  mutating func skipBlanks(_ bytes: Span<UInt8>) {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index &+= 1
      default: return
      }
    }
  }

  /// Goes past a member's name and its colon; returns where the name stands, quotes included.
  @discardableResult
  mutating func skipName(_ bytes: Span<UInt8>) throws(JSONError) -> Range<Int> {
    skipBlanks(bytes)
    guard byte(bytes) == UInt8(ascii: "\"") else { throw missing(.notAName, bytes) }
    let start = index
    try skipString(bytes)
    let name = start..<index
    skipBlanks(bytes)
    guard byte(bytes) == UInt8(ascii: ":") else { throw missing(.missingColon, bytes) }
    index += 1
    return name
  }

  /// The byte that comes next; 0, which JSON has nowhere, at the end.
  func byte(_ bytes: Span<UInt8>) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: index) }

  /// The error of something that should stand here, or of the end of the bytes.
  func missing(_ reason: JSONError.Reason, _ bytes: Span<UInt8>) -> JSONError {
    error(index < bytes.count ? reason : .endsEarly)
  }

  /// Goes into an array or object, and to its first value; returns false where it was empty and has been left again.
  private mutating func open(
    _ bytes: Span<UInt8>, isObject: Bool, in nesting: inout JSONNesting, maxDepth: Int
  ) throws(JSONError) -> Bool {
    guard nesting.depth < maxDepth else { throw error(.tooDeep) }
    index += 1
    skipBlanks(bytes)
    if byte(bytes) == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      index += 1
      return false
    }
    nesting.push(isObject: isObject)
    if isObject { try skipName(bytes) }
    return true
  }

  /// After a value: leaves what ends here, and goes to where the next value begins.
  private mutating func closeAll(_ bytes: Span<UInt8>, in nesting: inout JSONNesting) throws(JSONError) {
    while nesting.depth > 0 {
      skipBlanks(bytes)
      switch byte(bytes) {
      case UInt8(ascii: ","):
        index += 1
        if nesting.isInObject { try skipName(bytes) }
        return
      case UInt8(ascii: "}") where nesting.isInObject, UInt8(ascii: "]") where !nesting.isInObject:
        index += 1
        nesting.pop()
      default: throw missing(.missingComma, bytes)
      }
    }
  }

  private func noValue(_ bytes: Span<UInt8>) -> JSONError {
    if index == 0, bytes.hasPrefix("\u{FEFF}", in: 0..<bytes.count) { return error(.byteOrderMark) }
    return missing(.notAValue, bytes)
  }
}
