/// One line of answer to one line of command.
package enum Reply: Sendable {
  case published(EventID, sentCount: Int)
  /// Of connections that were closed or changed, or of those who are present.
  case count(Int)
  /// From where on a listener hears events, or up to where it did.
  case position(EventID, ReplayOutcome?)
  /// A value from `JSONText`.
  case json([UInt8])
  case pong
  case error(ErrorCode, String)

  package init(_ error: CommandError) { self = .error(error.code, error.message) }

  /// The line with its end.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the line with its end. Whatever the reply holds, it is one line.
  package func append(to bytes: inout [UInt8]) {
    switch self {
    case .published(let id, let sentCount):
      let count = UInt64(max(0, sentCount))
      let digits = id.epoch.decimalDigitCount + id.sequence.decimalDigitCount + count.decimalDigitCount
      bytes.append(size: digits + 6) { bytes in
        bytes.append(Self.ok)
        bytes.append(decimal: id.epoch)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: id.sequence)
        bytes.append(UInt8(ascii: " "))
        bytes.append(decimal: count)
        bytes.append(UInt8(ascii: "\n"))
      }
      return
    case .count(let count):
      bytes.append(Self.ok)
      bytes.append(decimal: UInt64(max(0, count)))
    case .position(let id, let outcome):
      bytes.append(Self.ok)
      bytes.append(contentsOf: id.description.utf8)
      if let outcome {
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: outcome.rawValue.utf8)
      }
    case .json(let json):
      bytes.append(Self.ok)
      // Between tokens, where alone JSON may hold a line break, a blank is as good.
      bytes.append(contentsOf: json.lazy.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 })
    case .pong:
      bytes.append(Self.ok)
      bytes.append(contentsOf: "pong".utf8)
    case .error(let code, let message):
      bytes.append(contentsOf: "ERR ".utf8)
      bytes.append(contentsOf: code.rawValue.utf8)
      bytes.append(UInt8(ascii: " "))
      for scalar in message.unicodeScalars {
        bytes.append(contentsOf: UTF8.encode(scalar.breaksLines ? " " : scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static let ok: StaticString = "OK "
}

extension Unicode.Scalar {
  /// Whether a terminal or a reader of lines might begin a new line here, or do anything else but show it.
  fileprivate var breaksLines: Bool { isControl || value == 0x2028 || value == 0x2029 }
}
