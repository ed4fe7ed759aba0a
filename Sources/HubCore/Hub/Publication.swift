package import HubProtocol

/// What became of a published message.
package enum Publication: Sendable, Hashable {
  /// Accepted, numbered and queued to so many connections. A repeated idempotency key gives the first one's values.
  case accepted(EventID, sentCount: Int)
  /// The one connection it was for does not exist.
  case unknownConnection
  /// The key was used before, by the same publisher, for another target, type or data.
  case keyReused
  /// As many keys are remembered as may be, of all publishers or of this one: try again after so many milliseconds.
  case tooManyKeys(retryAfter: Int64)
  /// As many values are kept as may be, and this would be one more.
  case tooManyValues
  /// A shard has more waiting than it may hold: try again.
  case overloaded
  /// The hub is stopping.
  case draining
}

/// What became of a CLOSE.
package enum Closing: Sendable {
  case closed([Departure])
  case unknownConnection
}

/// What became of a renewed token.
package enum Renewal: Sendable, Hashable {
  case renewed
  case unknownConnection
  /// The token is of another user than the connection's.
  case otherUser
  /// The token was good until a moment ago.
  case tokenRefused(RevocationVerdict)
}

/// What a publisher's SUBSCRIBE or UNSUBSCRIBE did.
package enum Subscription: Sendable, Hashable {
  /// So many connections follow other topics than before.
  case changed(connections: Int)
  case unknownConnection
  /// More than the named limit allows.
  case tooMany(limit: String)
}

/// What came of a client's wish to follow other topics.
package enum TopicChange: Sendable {
  /// - Parameters:
  ///   - topics: all that the connection follows now.
  ///   - position: events after it come, events up to it do not.
  ///   - values: the values of the topics that were added, or of everything where none was.
  case changed(topics: [TopicName], position: EventID, values: [HeldValue])
  case unknownConnection
  /// The connection is another user's.
  case otherUser
  /// It would ask for more topics than it may.
  case tooMany
}

/// A value as it is told to a client.
package struct HeldValue: Sendable {
  package let id: EventID
  let key: ValueKey
  let form: Message.Form
  let frame: Frame

  /// Adds an object to a JSON array.
  package func write(to json: inout JSONText) {
    let fields = EventFields(frame)
    json.object { json in
      json.member("id", id.description)
      json.member("event", fields.text(fields.type))
      json.member("replace", key.name.text)
      if let topic = key.topic.topicName { json.member("topic", topic.text) }
      switch form {
      case .json:
        json.name("data")
        json.value(json: fields.content)
      case .text: json.member("text", String(decoding: fields.content, as: UTF8.self))
      }
    }
  }
}
