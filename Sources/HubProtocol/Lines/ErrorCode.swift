/// The words after `ERR` in a reply.
package enum ErrorCode: String, CaseIterable, Sendable {
  case badVerb = "bad-verb"
  case badTarget = "bad-target"
  case badEvent = "bad-event"
  case reservedEvent = "reserved-event"
  case badJSON = "bad-json"
  case badTag = "bad-tag"
  case badUTF8 = "bad-utf8"
  /// A line over the limit.
  case tooLong = "too-long"
  case missingArgument = "missing-argument"
  case unknownConnection = "unknown-connection"
  /// No event that history holds has that id.
  case unknownEvent = "unknown-event"
  /// The key was used before for another target, type or data.
  case keyReused = "key-reused"
  case tooManyKeys = "too-many-keys"
  case rateLimited = "rate-limited"
  case overloaded
  case draining
  /// A last line without its end.
  case incomplete
  /// This publisher may not do that.
  case forbidden
}
