/// An event as a publisher hands it over.
package struct Message: Sendable {
  /// What the data is.
  package enum Form: Sendable, Hashable {
    /// Valid JSON in UTF-8, as `JSONScanner` accepts it; it may hold line breaks between tokens.
    case json
    /// UTF-8 without NUL; LF, CR and CRLF end a line.
    case text
  }

  /// What the event does to the value of a name, which belongs to the event's target.
  package enum ValueChange: Sendable, Hashable {
    /// This event is the value from now on.
    case replace(ValueName)
    /// There is none any more.
    case clear(ValueName)
  }

  package var type: EventType
  package var data: [UInt8]
  package var form: Form
  package var key: IdempotencyKey?
  /// Seconds that the event stays in history: nil as long as others do, 0 not at all.
  package var ttl: Int?
  package var value: ValueChange?

  package init(
    type: EventType, data: [UInt8], form: Form = .json, key: IdempotencyKey? = nil, ttl: Int? = nil,
    value: ValueChange? = nil
  ) {
    self.type = type
    self.data = data
    self.form = form
    self.key = key
    self.ttl = ttl
    self.value = value
  }
}

extension Message {
  /// Text that can be an event's data; nil where it holds NUL, which no event stream can carry unchanged to a page.
  package static func text(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    return bytes.contains(0) ? nil : bytes
  }

  /// The text of a JSON string as an event's data; nil for other JSON, lone surrogates and NUL.
  package static func text(ofJSON data: [UInt8]) -> [UInt8]? {
    JSONValue(data).flatMap(\.string).flatMap { text($0) }
  }

  /// The most seconds that `ttl` may say: a year.
  package static let maxTTL = 31_536_000

  /// A number of seconds as the tag `ttl` has it, whole and from 0 to `maxTTL`; nil for anything else.
  package static func ttl(_ text: String) -> Int? {
    guard text.utf8.allSatisfy(\.isDigit), let seconds = Int(text), seconds <= maxTTL else { return nil }
    return seconds
  }
}
