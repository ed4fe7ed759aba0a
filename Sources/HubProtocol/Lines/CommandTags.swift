/// The tags of a PUSH: `key=…;ttl=…;replace=…;clear=…;as=text;reply=…`.
///
/// In a value, what would end it (`;` or a blank), `%` and control characters are written `%XX`.
struct CommandTags {
  private(set) var key: IdempotencyKey?
  /// Seconds.
  private(set) var ttl: Int?
  private(set) var replace: ValueName?
  private(set) var clear: ValueName?
  private(set) var form: Message.Form?
  private(set) var reply: Bool?

  /// Whether there are none.
  var isEmpty: Bool {
    key == nil && ttl == nil && replace == nil && clear == nil && form == nil && reply == nil
  }

  /// What becomes of a value.
  func valueChange(to target: Target) throws(CommandError) -> Message.ValueChange? {
    guard replace != nil || clear != nil else { return nil }
    guard case .topic = target else {
      throw CommandError(.badTag, "a value belongs to one user, one topic or everyone: write user:, topic: or *")
    }
    guard let name = replace else { return clear.map(Message.ValueChange.clear) }
    guard clear == nil else {
      throw CommandError(.badTag, "an event cannot both replace and clear: give one of the two tags")
    }
    guard ttl != 0 else {
      throw CommandError(.badTag, "a value that lasts 0 seconds is none: leave ttl or replace out")
    }
    return .replace(name)
  }

  /// Whether success shall be answered.
  var wantsReply: Bool { reply ?? true }

  init() {}

  /// The tags in a range of a line, which does not include the `@`.
  init(_ line: Span<UInt8>, in range: Range<Int>) throws(CommandError) {
    var start = range.lowerBound
    while true {
      let end = line.index(of: UInt8(ascii: ";"), in: start..<range.upperBound)
      try add(line, start..<end)
      guard end < range.upperBound else { return }
      start = end + 1
    }
  }

  private mutating func add(_ line: Span<UInt8>, _ tag: Range<Int>) throws(CommandError) {
    let equals = line.index(of: UInt8(ascii: "="), in: tag)
    guard equals < tag.upperBound else {
      throw CommandError(.badTag, "the tag \(line.quoted(tag)) has no value: write @key=value;key=value")
    }
    let name = tag.lowerBound..<equals
    guard let value = line.extracting(equals + 1..<tag.upperBound).percentDecoded() else {
      throw CommandError(.badTag, "the tag \(line.quoted(tag)) is malformed: write a percent sign as %25, and UTF-8")
    }
    if name.count == 3, line.hasPrefix("key", in: name) {
      try set(&key, to: IdempotencyKey(value), tag: "key", rule: "1 to 128 bytes")
    } else if name.count == 3, line.hasPrefix("ttl", in: name) {
      try set(&ttl, to: Message.ttl(value), tag: "ttl", rule: "a whole number of seconds from 0 to \(Message.maxTTL)")
    } else if name.count == 7, line.hasPrefix("replace", in: name) {
      try set(&replace, to: ValueName(value), tag: "replace", rule: "1 to 128 bytes")
    } else if name.count == 5, line.hasPrefix("clear", in: name) {
      try set(&clear, to: ValueName(value), tag: "clear", rule: "1 to 128 bytes")
    } else if name.count == 2, line.hasPrefix("as", in: name) {
      try set(&form, to: Self.form(value), tag: "as", rule: "text or json")
    } else if name.count == 5, line.hasPrefix("reply", in: name) {
      try set(&reply, to: Self.answer(value), tag: "reply", rule: "yes or no")
    } else {
      throw CommandError(
        .badTag, "the tag \(line.quoted(name)) is unknown: there are key, ttl, replace, clear, as and reply")
    }
  }

  private func set<Value>(
    _ place: inout Value?, to value: Value?, tag: String, rule: String
  ) throws(CommandError) {
    guard place == nil else { throw CommandError(.badTag, "the tag \(tag) is given twice: give it once") }
    guard let value else { throw CommandError(.badTag, "the tag \(tag) has a bad value: it is \(rule)") }
    place = value
  }

  private static func form(_ text: String) -> Message.Form? {
    switch text {
    case "text": .text
    case "json": .json
    default: nil
    }
  }

  private static func answer(_ text: String) -> Bool? {
    switch text {
    case "yes": true
    case "no": false
    default: nil
    }
  }
}
