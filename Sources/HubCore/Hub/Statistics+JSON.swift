package import HubProtocol

extension Statistics {
  /// The answer of `/sse/stats` and of `STATS`.
  ///
  /// - Parameter more: adds members.
  package func json(version: String, _ more: (inout JSONText) -> Void = { _ in }) -> [UInt8] {
    JSONText.object { json in
      json.member("totalConnections", totalConnections)
      json.member("totalUsers", totalUsers)
      json.name("connectionsByUser")
      json.object { users in
        for (user, connections) in connectionsByUser { users.member(named: user.text, connections) }
      }
      if isTruncated { json.member("truncated", true) }
      json.member("uptimeSeconds", uptimeSeconds)
      json.member("eventsPublished", eventsPublished)
      json.member("eventsDelivered", eventsDelivered)
      json.member("slowConsumersClosed", closesByReason[.slowConsumer] ?? 0)
      json.name("closesByReason")
      json.object { reasons in
        for reason in CloseReason.allCases {
          if let count = closesByReason[reason] { reasons.member(named: reason.rawValue, count) }
        }
      }
      json.member("version", version)
      more(&json)
    }
  }
}

extension ConnectionStatus {
  /// The answer of `/sse/users/:userId/connections`, of `/sse/connections?topic=` and of `CONNECTIONS`.
  ///
  /// - Parameter topic: whose connections they are: a user's, or those that follow a named topic.
  package static func json(_ connections: [ConnectionStatus], of topic: Topic) -> [UInt8] {
    JSONText.object { json in
      if topic.user != nil { json.member("userId", topic.name) } else { json.member("topic", topic.name) }
      json.name("connections")
      json.array { array in
        for connection in connections { connection.write(to: &array, withUser: topic.user == nil) }
      }
    }
  }

  private func write(to json: inout JSONText, withUser: Bool) {
    json.object { json in
      json.member("connectionId", id)
      if withUser { json.member("userId", user.text) }
      json.member("clientId", client?.text)
      json.member("connectedAt", at: connectedAt)
      json.member("lastActivity", at: lastActivity)
      json.member("remoteAddress", remoteAddress)
      json.member("userAgent", userAgent)
      json.member("eventsSent", eventsSent)
      json.member("bytesQueued", bytesQueued)
      json.member("eventsQueued", eventsQueued)
      json.member("lastEventId", lastEventID?.description)
      json.member("topics", topics)
    }
  }
}
