import HubCore
import HubProtocol

/// How bytes are written as text.
enum TextEncoding: String, Hashable, Sendable {
  case base64
  case hexadecimal
  case percentEncoding = "percent-encoding"

  /// Fewer characters hold nothing that could be told from chance.
  private static let minRunLength = 16

  /// What the bytes may stand for, in each encoding.
  ///
  /// Much more lenient than a decoder has to be, as it is to find what somebody hid or broke: both alphabets of base64
  /// (RFC 4648 sections 4 and 5) at once, padded or not, in pieces of a longer text (`KEY="MIIB…"`), over several
  /// lines, cut.
  static func decodings(of bytes: [UInt8]) -> [(encoding: TextEncoding, bytes: [UInt8])] {
    let joined = bytes.withoutLineBreaks
    var found: [(TextEncoding, [UInt8])] = []
    if let decoded = percentDecoded(bytes) { found.append((.percentEncoding, decoded)) }
    found += runs(of: joined.withoutHexSeparators, where: { $0.hexDigit != nil }).map { (.hexadecimal, hex($0)) }
    // The lines by themselves as well: one may be a word, and all of them together are shifted by it.
    for text in joined.count == bytes.count ? [bytes] : [bytes, joined] {
      found += runs(of: text, where: { $0.base64Value != nil }).map { (.base64, base64($0)) }
    }
    return found
  }

  private static func runs(of bytes: [UInt8], where isPart: (UInt8) -> Bool) -> [ArraySlice<UInt8>] {
    bytes.split { !isPart($0) }.filter { $0.count >= minRunLength }
  }

  private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3 + 2)
    var (bits, count) = (UInt32(0), 0)
    for value in text.lazy.compactMap(\.base64Value) {
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }

  private static func hex(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let digits = text.compactMap(\.hexDigit)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// nil where nothing is escaped.
  private static func percentDecoded(_ text: [UInt8]) -> [UInt8]? {
    let text = text.span
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count {
      let escaped = text.escapedByte(at: index)
      bytes.append(escaped ?? text[index])
      index += escaped == nil ? 1 : 3
    }
    return bytes.count == text.count ? nil : bytes
  }
}

extension [UInt8] {
  /// Without white space, and without `\n` and `\r` as they are written where a text has to be one line.
  fileprivate var withoutLineBreaks: [UInt8] {
    var rest: [UInt8] = []
    rest.reserveCapacity(count)
    var index = 0
    while index < count {
      let isEscape = self[index] == UInt8(ascii: "\\") && index + 1 < count && "nr".utf8.contains(self[index + 1])
      if !isEscape, !self[index].isWhiteSpace { rest.append(self[index]) }
      index += isEscape ? 2 : 1
    }
    return rest
  }

  /// `30:82`, `0x30,0x82` and `\x30\x82` are `3082`.
  fileprivate var withoutHexSeparators: [UInt8] {
    var rest: [UInt8] = []
    rest.reserveCapacity(count)
    for (index, byte) in enumerated() where !":,-\\".utf8.contains(byte) {
      let next = index + 1 < count ? self[index + 1] : 0
      let isPrefix = byte == UInt8(ascii: "0") && next | 0x20 == UInt8(ascii: "x") || byte | 0x20 == UInt8(ascii: "x")
      if !isPrefix { rest.append(byte) }
    }
    return rest
  }
}

extension UInt8 {
  /// Blank, tab, line feed, carriage return: the white space of JSON.
  var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

  /// Six bits, in either alphabet.
  var base64Value: UInt8? {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
