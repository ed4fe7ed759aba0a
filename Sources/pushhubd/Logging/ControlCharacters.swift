/// The text on one line and safe on a terminal: control characters, C1 and the line separators among them, are written
/// as `\n`, `\t`, `\u{9b}` and so on, and a backslash as it is.
func escapingControls(_ text: String) -> String {
  guard hasControl(text) else {
    return text
  }
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": escaped += "\\n"
    case "\r": escaped += "\\r"
    case "\t": escaped += "\\t"
    case _ where isControl(scalar): escaped += "\\u{\(String(scalar.value, radix: 16))}"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}

/// The text with a blank for each control character.
func blankingControls(_ text: String) -> String {
  guard hasControl(text) else {
    return text
  }
  var blanked = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    blanked.append(isControl(scalar) ? " " : scalar)
  }
  return String(blanked)
}

/// The text, or as many of its first whole characters as leave room for an ellipsis within `limit` bytes.
func cut(_ text: String, to limit: Int) -> String {
  guard text.utf8.count > limit else {
    return text
  }
  let ellipsis = "…"
  var end = text.utf8.index(text.startIndex, offsetBy: max(0, limit - ellipsis.utf8.count))
  while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
    end = text.utf8.index(before: end)
  }
  return text[..<end] + ellipsis
}

private func hasControl(_ text: String) -> Bool {
  !isPrintableASCII(text.utf8.span) && text.unicodeScalars.contains(where: isControl)
}

private func isPrintableASCII(_ bytes: Span<UInt8>) -> Bool {
  for index in bytes.indices where bytes[index] < 0x20 || bytes[index] >= 0x7f { return false }
  return true
}

/// C0, DEL, C1, the two separators that some viewers break a line at, and what is not seen or turns a line round.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0...0x1f, 0x7f...0x9f, 0x2028, 0x2029: true
  case 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x2069, 0xfeff: true
  default: false
  }
}
