/// A slow recursive reader of JSON, as plain as RFC 8259 allows, to hold the scanner against.
struct ReferenceJSON {
  var rest: ArraySlice<UInt8>
  let maxDepth: Int

  static func accepts(_ bytes: [UInt8], maxDepth: Int = 512) -> Bool {
    var reader = ReferenceJSON(rest: bytes[...], maxDepth: maxDepth)
    reader.blanks()
    guard reader.value(depth: 0) else { return false }
    reader.blanks()
    return reader.rest.isEmpty
  }

  private mutating func blanks() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

  private mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  private mutating func value(depth: Int) -> Bool {
    if take("true") || take("false") || take("null") { return true }
    switch rest.first.map(Character.init) {
    case "\"": return string()
    case "[": return container("[", "]", depth: depth) { $0.value(depth: depth + 1) }
    case "{":
      return container("{", "}", depth: depth) {
        guard $0.string() else { return false }
        $0.blanks()
        guard $0.take(":") else { return false }
        $0.blanks()
        return $0.value(depth: depth + 1)
      }
    default: return number()
    }
  }

  private mutating func container(
    _ open: String, _ close: String, depth: Int, element: (inout ReferenceJSON) -> Bool
  ) -> Bool {
    guard depth < maxDepth, take(open) else { return false }
    blanks()
    if take(close) { return true }
    repeat {
      blanks()
      guard element(&self) else { return false }
      blanks()
    } while take(",")
    return take(close)
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    var content: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == 0x22 { return String(validating: content, as: UTF8.self) != nil }
      if byte < 0x20 { return false }
      if byte == 0x5C {
        guard let escape = rest.popFirst().map(Character.init) else { return false }
        if escape == "u" {
          let digits = rest.prefix(4)
          guard digits.count == 4, digits.allSatisfy({ Character($0).isHexDigit && $0 < 0x80 }) else { return false }
          rest = rest.dropFirst(4)
        } else if !"\"\\/bfnrt".contains(escape) {
          return false
        }
        content.append(0x20)
      } else {
        content.append(byte)
      }
    }
    return false
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0") {
      guard digits() else { return false }
    }
    if take("."), !digits() { return false }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      return digits()
    }
    return true
  }

  private mutating func digits() -> Bool {
    let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
    rest = rest.dropFirst(digits.count)
    return !digits.isEmpty
  }
}

extension Character {
  init(_ byte: UInt8) { self.init(Unicode.Scalar(byte)) }
}
