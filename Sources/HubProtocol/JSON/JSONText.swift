/// Writes JSON (RFC 8259) into bytes, member after member; commas come by themselves.
///
/// Strings escape what must be escaped, and U+2028 and U+2029, which end a line in older JavaScript. The text never
/// holds a line break.
///
/// It is public only because the compiler does not inline the members of a `package` type into other modules, and what a
/// closure writes should be compiled into one piece.
public struct JSONText: Sendable {
  @usableFromInline package internal(set) var bytes: [UInt8] = []
  @usableFromInline var needsComma = false

  /// Room for a text of common size, so that it need not grow step by step.
  @usableFromInline static var commonSize: Int { 256 }

  @inlinable package init() {}

  /// The text of one object.
  @inlinable package static func object(_ body: (inout JSONText) -> Void) -> [UInt8] {
    var text = JSONText()
    text.bytes.reserveCapacity(commonSize)
    text.object(body)
    return text.bytes
  }

  /// The text of one string, its quotes included.
  package static func string(_ value: String) -> [UInt8] {
    var text = JSONText()
    text.value(value)
    return text.bytes
  }

  @inlinable package mutating func object(_ body: (inout JSONText) -> Void) {
    nest(open: UInt8(ascii: "{"), close: UInt8(ascii: "}"), body)
  }

  @inlinable package mutating func array(_ body: (inout JSONText) -> Void) {
    nest(open: UInt8(ascii: "["), close: UInt8(ascii: "]"), body)
  }

  /// A member's name, which holds nothing that would have to be escaped; its value comes next.
  @inlinable package mutating func name(_ name: StaticString) {
    startValue()
    bytes.append(size: name.utf8CodeUnitCount + 3) { text in
      text.append(UInt8(ascii: "\""))
      text.append(name)
      text.append(UInt8(ascii: "\""))
      text.append(UInt8(ascii: ":"))
    }
    needsComma = false
  }

  /// A member whose name is not known before.
  @inlinable package mutating func member(named name: String, _ value: some BinaryInteger) {
    self.name(named: name)
    self.value(value)
  }

  @inlinable package mutating func name(named name: String) {
    value(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A string, or `null`.
  @inlinable package mutating func value(_ value: String?) {
    startValue()
    if let value {
      bytes.append(jsonString: value)
    } else {
      bytes.append(contentsOf: "null".utf8)
    }
  }

  @inlinable package mutating func value(_ value: some BinaryInteger) {
    startValue()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    if let magnitude = UInt64(exactly: value.magnitude) {
      bytes.append(decimal: magnitude)
    } else {
      bytes.append(contentsOf: String(value.magnitude).utf8)
    }
  }

  @inlinable package mutating func value(_ value: Bool) {
    startValue()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// A value that is JSON already.
  package mutating func value(json: [UInt8]) {
    startValue()
    bytes.append(contentsOf: json)
  }

  /// A string member, or `null`.
  @inlinable package mutating func member(_ name: StaticString, _ value: String?) {
    self.name(name)
    self.value(value)
  }

  @inlinable package mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
    self.name(name)
    self.value(value)
  }

  @inlinable package mutating func member(_ name: StaticString, _ value: Bool) {
    self.name(name)
    self.value(value)
  }

  /// A point in time, or `null`, in milliseconds of the wall clock.
  @inlinable package mutating func member(_ name: StaticString, at milliseconds: Int64?) {
    self.name(name)
    guard let milliseconds else { return value(nil) }
    value(maxSize: CivilTime.maxTimestampBytes) { $0.append(timestamp: milliseconds) }
  }

  @inlinable package mutating func member(_ name: StaticString, _ id: ConnectionID) {
    self.name(name)
    value(maxSize: ConnectionID.size) { $0.append(id) }
  }

  /// A string of at most so many bytes, none of which has to be escaped.
  @inlinable mutating func value(maxSize: Int, _ write: (inout ByteWriter) -> Void) {
    startValue()
    bytes.append(size: maxSize + 2) { text in
      text.append(UInt8(ascii: "\""))
      write(&text)
      text.append(UInt8(ascii: "\""))
    }
  }

  @inlinable mutating func nest(open: UInt8, close: UInt8, _ body: (inout JSONText) -> Void) {
    startValue()
    bytes.append(open)
    needsComma = false
    body(&self)
    bytes.append(close)
    needsComma = true
  }

  @inlinable mutating func startValue() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}

extension [UInt8] {
  /// Appends the text as a JSON string with its quotes.
  @usableFromInline package mutating func append(jsonString text: String) {
    let bytes = text.utf8.span
    guard bytes.indexOfSpecial(from: 0) < bytes.count else { return append(quoted: bytes) }
    append(UInt8(ascii: "\""))
    // Copied within the closure; the loops stay below `count`.
    bytes.withUnsafeBufferPointer { append(jsonContent: $0) }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(quoted bytes: Span<UInt8>) {
    append(size: bytes.count + 2) { text in
      text.append(UInt8(ascii: "\""))
      text.append(bytes)
      text.append(UInt8(ascii: "\""))
    }
  }

  private mutating func append(jsonContent text: UnsafeBufferPointer<UInt8>) {
    // What needs no escape is copied in runs.
    var start = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      let isPlain = byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0xE2
      if isPlain {
        index += 1
        continue
      }
      let length = escapedLength(text, at: index)
      if length > 0 {
        append(contentsOf: text[start..<index])
        append(escape: byte, last: text[index + length - 1])
        start = index + length
      }
      index += Swift.max(1, length)
    }
    append(contentsOf: text[start...])
  }

  /// How many bytes of the text one escape stands for: 0 where none is needed, 3 for U+2028 and U+2029.
  private func escapedLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    guard text[index] == 0xE2 else { return 1 }
    guard index + 2 < text.count, text[index + 1] == 0x80, text[index + 2] & 0xFE == 0xA8 else { return 0 }
    return 3
  }

  private mutating func append(escape byte: UInt8, last: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
    case 0x08: append(UInt8(ascii: "b"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0xE2: append(contentsOf: (last == 0xA8 ? "u2028" : "u2029").utf8)
    default:
      append(contentsOf: "u00".utf8)
      append(.hexDigit(byte >> 4))
      append(.hexDigit(byte & 15))
    }
  }
}
