package import HubProtocol

/// The events that the hub sends of its own accord. Durations and points in time are milliseconds.
package enum SystemEvents {
  /// What stands for the user in the template of the welcome message.
  package static let userPlaceholder: StaticString = "{userId}"

  /// The first event of a stream: what the connection is called and how it will be served.
  ///
  /// - Parameters:
  ///   - snapshot: How many values are on their way.
  ///   - topics: The named topics that it follows.
  package static func open(
    connection: ConnectionID, client: ClientID?, replay: ReplayOutcome, snapshot: Int = 0, topics: [TopicName] = [],
    retry: Int64, heartbeatInterval: Int64, tokenExpiresAt: Int64?
  ) -> Frame {
    frame("open", retry: retry) {
      $0.member("connectionId", connection)
      $0.member("clientId", client?.text)
      $0.member("replay", replay.rawValue)
      $0.member("snapshot", snapshot)
      $0.member("topics", topics)
      $0.member("heartbeatInterval", heartbeatInterval)
      $0.member("tokenExpiresAt", at: tokenExpiresAt)
    }
  }

  /// The named topics that a stream follows have changed; events after the position are those of the new ones.
  package static func topics(_ topics: [TopicName], position: EventID) -> Frame {
    frame("topics", identity: .position(position)) { $0.member("topics", topics) }
  }

  /// The second event; with the position from which the stream goes on, or none where a list is owed first.
  package static func welcome(
    position: EventID?, template: String, user: UserID, connection: ConnectionID, client: ClientID?, now: Moment
  ) -> Frame {
    frame("welcome", identity: position.map(EventEncoder.Identity.position) ?? .none) {
      $0.member("message", message(template, user: user))
      $0.member("timestamp", at: now.wall)
      $0.member("connectionId", connection)
      $0.member("clientId", client?.text)
    }
  }

  /// Shows that the stream lives, and moves the position of a client for whom there is nothing.
  package static func heartbeat(position: EventID, now: Moment) -> Frame {
    frame("heartbeat", identity: .position(position)) { $0.member("timestamp", at: now.wall) }
  }

  /// The last event of a stream. With a reason that is for good it carries `id: closed`.
  ///
  /// - Parameters:
  ///   - detail: What whoever asked for it gave as the reason.
  ///   - retry: How long this client shall wait before it comes back.
  package static func close(_ reason: CloseReason, detail: String? = nil, retry: Int64? = nil) -> Frame {
    frame("close", identity: reason.reconnect ? .none : .closed, retry: retry) {
      $0.member("reason", reason.rawValue)
      $0.member("reconnect", reason.reconnect)
      if let detail { $0.member("detail", detail) }
    }
  }

  /// Bad news that does not end the stream; the status is one of HTTP's.
  package static func error(message: String, status: Int) -> Frame {
    frame("error") {
      $0.member("message", message)
      $0.member("status", status)
    }
  }

  /// The token of this stream expires soon.
  package static func tokenExpiring(at expiry: Int64) -> Frame {
    error(message: "The token expires at \(timestamp(wall: expiry)): renew it, or the stream ends then.", status: 401)
  }

  /// An event was sent that history has no room for.
  package static func tooLargeToKeep(_ size: Int) -> Frame {
    error(message: "An event of \(size) bytes is too large for the history: it cannot be replayed.", status: 413)
  }

  private static func frame(
    _ type: String, identity: EventEncoder.Identity = .none, retry: Int64? = nil, _ data: (inout JSONText) -> Void
  ) -> Frame {
    EventEncoder.frame(identity: identity, type: type, retry: retry, data: JSONText.object(data), eventCount: 0)
  }

  private static func message(_ template: String, user: UserID) -> String {
    let template = template.utf8.span
    let brace = UInt8(ascii: "{")
    var message: [UInt8] = []
    message.reserveCapacity(template.count + user.text.utf8.count)
    var start = 0
    var place = template.index(of: brace, in: 0..<template.count)
    while place < template.count {
      var next = place + 1
      if template.hasPrefix(userPlaceholder, in: place..<template.count) {
        message.append(start..<place, of: template)
        message.append(contentsOf: user.text.utf8)
        next = place + userPlaceholder.utf8CodeUnitCount
        start = next
      }
      place = template.index(of: brace, in: next..<template.count)
    }
    message.append(start..<template.count, of: template)
    return String(decoding: message, as: UTF8.self)
  }
}

extension JSONText {
  /// An array of names.
  package mutating func member(_ name: StaticString, _ topics: [TopicName]) {
    self.name(name)
    array { array in
      for topic in topics { array.value(topic.text) }
    }
  }
}
