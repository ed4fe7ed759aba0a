import HubProtocol

/// Payloads as JSON on one line.
///
/// Whether JSON is valid is the hub's to say. Checked here is what would break the line, or what the hub would have to
/// answer with less than is known here.
enum PayloadEncoder {
  /// - Returns: the payload without a line break, or a `badData` failure that says what is wrong with it.
  static func encode(_ payload: [UInt8], as form: Publication.PayloadForm) throws(Failure) -> [UInt8] {
    // Read within the closure alone.
    guard let text = payload.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else {
      throw Failure(.badData, "the payload is not UTF-8")
    }
    switch form {
    // The hub takes text as a JSON string either way.
    case .text, .raw: return JSONText.string(text)
    case .json:
      let folded = try foldJSON(payload)
      guard !folded.isEmpty else { throw Failure(.badData, "the payload is empty; give JSON, or text with --text") }
      return folded
    }
  }

  /// Drops one line break at the end: text files end in one, and it is not part of what they say.
  static func withoutFinalLineBreak(_ text: [UInt8]) -> [UInt8] {
    guard text.last == UInt8(ascii: "\n") else { return text }
    let line = text.dropLast()
    return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }

  /// Puts JSON on one line: a blank for each line break between tokens, and none at either end. Strings stay as they are.
  private static func foldJSON(_ json: [UInt8]) throws(Failure) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(json.count)
    var strings = JSONStringTracker()
    var lineNumber = 1
    for byte in json {
      if strings.isInString, byte < 0x20 { throw rawControl(byte, lineNumber) }
      strings.pass(byte)
      if byte == UInt8(ascii: "\n") { lineNumber += 1 }
      let isLineBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      let isBlank = isLineBreak || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      if folded.isEmpty && isBlank { continue }
      folded.append(isLineBreak ? UInt8(ascii: " ") : byte)
    }
    while let last = folded.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { folded.removeLast() }
    return folded
  }

  private static func rawControl(_ byte: UInt8, _ lineNumber: Int) -> Failure {
    let (what, right) =
      switch byte {
      case UInt8(ascii: "\n"): ("a line break", "\\n")
      case UInt8(ascii: "\r"): ("a carriage return", "\\r")
      case UInt8(ascii: "\t"): ("a tab", "\\t")
      default: ("a control character", "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
      }
    let message = "a string in the JSON (line \(lineNumber)) holds \(what) as it is; JSON writes it as \(right)"
    return Failure(.badData, message)
  }
}
