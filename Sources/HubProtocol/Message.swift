/// An event as a publisher hands it over.
package struct Message: Sendable {
  package var type: EventType
  /// Valid JSON in UTF-8, as `JSONScanner` accepts it; it may hold line breaks between tokens.
  package var data: [UInt8]
  package var key: IdempotencyKey?
  /// Seconds that the event stays in history: nil as long as others do, 0 not at all.
  package var ttl: Int?

  package init(type: EventType, data: [UInt8], key: IdempotencyKey? = nil, ttl: Int? = nil) {
    self.type = type
    self.data = data
    self.key = key
    self.ttl = ttl
  }
}

extension Message {
  /// The most seconds that `ttl` may say: a year.
  package static let maxTTL = 31_536_000

  /// A number of seconds as the tag `ttl` has it, whole and from 0 to `maxTTL`; nil for anything else.
  package static func ttl(_ text: String) -> Int? {
    guard text.utf8.allSatisfy(\.isDigit), let seconds = Int(text), seconds <= maxTTL else { return nil }
    return seconds
  }
}
