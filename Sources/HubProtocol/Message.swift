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

/// The most seconds that `ttl` may say: a year.
package let maxTTL = 31_536_000
