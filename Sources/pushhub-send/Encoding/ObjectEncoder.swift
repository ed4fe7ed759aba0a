import HubProtocol

/// Makes the payload of `name=text` and `name:=JSON` arguments.
enum ObjectEncoder {
  /// - Returns: a JSON object on one line, its members in the order of the arguments, or a `badData` failure that names
  ///   the argument. As with any payload, what the values are worth as JSON is the hub's to say.
  static func encode(_ pairs: [PairArgument]) throws(Failure) -> [UInt8] {
    let values = try pairs.map { pair throws(Failure) in
      do throws(Failure) {
        return try value(of: pair)
      } catch {
        throw Failure(error.code, "\(pair.name): \(error.message)")
      }
    }
    return JSONText.object { object in
      for (pair, value) in zip(pairs, values) {
        object.name(named: pair.name)
        object.value(json: value)
      }
    }
  }

  private static func value(of pair: PairArgument) throws(Failure) -> [UInt8] {
    switch pair.value {
    case .text(let text): return try PayloadEncoder.encode(text, as: .text)
    case .json(let json):
      let folded = try PayloadEncoder.encode(json, as: .json)
      guard isOneValue(folded) else {
        let text = String(decoding: folded, as: UTF8.self)
        throw Failure(.badData, ":= takes one JSON value, not \(text); for text write \(pair.name)=…")
      }
      return folded
    }
  }

  /// Whether it stays one member's value: nothing in it ends the value or opens what it does not close. Else
  /// `n:=1,"admin":true` would be two members.
  private static func isOneValue(_ json: [UInt8]) -> Bool {
    var strings = JSONStringTracker()
    var depth = 0
    for byte in json {
      strings.pass(byte)
      guard !strings.isInString else { continue }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","), UInt8(ascii: ":"): if depth == 0 { return false }
      default: break
      }
      if depth < 0 { return false }
    }
    return depth == 0 && !strings.isInString && beginsAsJSON(json)
  }

  /// The slip that is made most often is a bare word: `level:=high`, `data:=@file`.
  private static func beginsAsJSON(_ json: [UInt8]) -> Bool {
    switch json.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"): true
    case let first? where first.isDigit: true
    default: ["true", "false", "null"].contains(String(decoding: json, as: UTF8.self))
    }
  }
}
