extension LogEntry {
  /// The message with the values behind it, `connection opened user=42 connection=conn_…`, in one line: what a person
  /// sees of an entry.
  ///
  /// It can be read back without doubt, whatever is in the values: one that is not all visible ASCII, or has a quotation
  /// mark or a backslash, is written as a string of JSON.
  var text: String {
    var text = message
    text.reserveCapacity(message.utf8.count + 192)
    for value in values {
      text += " "
      text += value.field.rawValue
      text += "="
      text += Self.isPlain(value.text) ? value.text : Self.jsonString(value.text)
    }
    return text
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  private static func jsonString(_ text: String) -> String {
    var string = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": string += "\\\""
      case "\\": string += "\\\\"
      case "\n": string += "\\n"
      case "\r": string += "\\r"
      case "\t": string += "\\t"
      case _ where isControl(scalar): string += "\\u" + paddedHex(scalar)
      default: string.unicodeScalars.append(scalar)
      }
    }
    return string + "\""
  }

  /// No control character is beyond four digits.
  private static func paddedHex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
