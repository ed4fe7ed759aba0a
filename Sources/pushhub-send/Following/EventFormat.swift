import HubProtocol

/// How events and presence are printed: one line each, of which no part can be taken for another, and nothing in it moves a
/// terminal's cursor.
enum EventFormat {
  static func line(_ event: ReceivedEvent, _ style: Invocation.OutputStyle) -> [UInt8] {
    switch style {
    case .quiet: []
    case .plain: Array("\(event.id) \(event.targetWord) \(event.typeWord) ".utf8) + printable(event.json) + lineEnd
    case .json: printable(object(event)) + lineEnd
    }
  }

  static func line(
    _ action: ReceivedPresence.Action, _ place: ReceivedPresence.Place, _ style: Invocation.OutputStyle
  ) -> [UInt8] {
    switch style {
    case .quiet: return []
    case .plain:
      var line = Array(action.rawValue.utf8)
      for name in [place.user.text, place.topic?.text].compactMap(\.self) {
        line.append(UInt8(ascii: " "))
        line.append(percentEncoding: name, separator: ",")
      }
      return line + lineEnd
    case .json:
      let object = JSONText.object { object in
        object.member("action", action.rawValue)
        object.member("user", place.user.text)
        if let topic = place.topic { object.member("topic", topic.text) }
      }
      return printable(object) + lineEnd
    }
  }

  private static func object(_ event: ReceivedEvent) -> [UInt8] {
    JSONText.object { object in
      object.member("id", event.id)
      object.member("target", event.target)
      object.member("type", event.type)
      switch event.form {
      case .json: object.name("data")
      case .text: object.name("text")
      }
      object.value(json: event.json)
      if let name = event.replace { object.member("replace", name) }
      if let name = event.clear { object.member("clear", name) }
    }
  }

  private static let lineEnd = [UInt8(ascii: "\n")]

  /// JSON that means the same without control characters: C0 lies between tokens alone, and becomes a blank; DEL and C1
  /// lie in strings alone, and are escaped.
  static func printable(_ json: [UInt8]) -> [UInt8] {
    guard json.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == leadOfC1 }) else { return json }
    var result: [UInt8] = []
    result.reserveCapacity(json.count + 16)
    var index = 0
    while index < json.count {
      let byte = json[index]
      if byte < 0x20 {
        result.append(UInt8(ascii: " "))
      } else if byte == 0x7F {
        result.append(contentsOf: "\\u007f".utf8)
      } else if byte == leadOfC1, index + 1 < json.count, json[index + 1] < 0xA0 {
        index += 1
        result.append(contentsOf: "\\u00\(String(json[index], radix: 16))".utf8)
      } else {
        result.append(byte)
      }
      index += 1
    }
    return result
  }

  /// In UTF-8, C1 is C2 80 to C2 9F.
  private static let leadOfC1: UInt8 = 0xC2
}
