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
  /// A user or a connection would follow more topics than it may, or there are too many standing ones.
  case tooManyTopics = "too-many-topics"
  /// The hub keeps as many values as it may.
  case tooManyValues = "too-many-values"
  /// As many users as may be are revoked or blocked.
  case tooManyRevocations = "too-many-revocations"
  /// One of the arguments that have a name, as `for=`.
  case badArgument = "bad-argument"
  case rateLimited = "rate-limited"
  /// A listener or a watcher that did not read: it hears no more.
  case slowConsumer = "slow-consumer"
  case overloaded
  case draining
  /// A last line without its end.
  case incomplete
  /// This publisher may not do that.
  case forbidden
}
