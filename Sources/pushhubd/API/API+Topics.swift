import HubCore
import HubProtocol

extension API {
  /// What the connection of a caller follows from now on.
  func changeTopics(
    _ connection: ConnectionID?, caller: Principal?, body: [UInt8], now: Moment
  ) throws(Problem) -> Answer {
    guard let caller else { throw Problem.missingToken }
    let request = try TopicsRequest(body, maxTopics: hub.rules.settings.limits.topicsPerConnection)
    if let topic = request.add.first(where: { !caller.topics.grants($0) }) { throw Problem.topicNotGranted(topic) }
    guard let connection else { throw Problem.unknownConnection }
    let change = hub.manager.changeTopics(
      of: connection, for: caller.user, add: request.add, remove: request.remove, wantsValues: request.wantsValues,
      now: now)
    switch change {
    case .changed(let topics, let position, let values):
      let body = JSONText.object { text in
        text.member("success", true)
        text.member("topics", topics)
        text.member("position", position.description)
        guard request.wantsValues else { return }
        text.name("values")
        text.array { array in
          for value in values { value.write(to: &array) }
        }
      }
      return .json(body)
    case .unknownConnection: throw Problem.unknownConnection
    case .otherUser: throw Problem.notYourConnection
    case .tooMany: throw Problem.tooManyTopics(hub.rules.settings.limits.topicsPerConnection)
    }
  }

  /// Who follows the topic that the query names.
  func followers(_ target: RequestTarget) throws(Problem) -> Outcome {
    .later(.connections(.named(try topic(of: target)), nil))
  }

  /// Who is present on the topic that the query names.
  func presence(_ target: RequestTarget, caller: Principal?) throws(Problem) -> Answer {
    guard let caller else { throw Problem.missingToken }
    let topic = try topic(of: target)
    let isGranted = caller.topics.grants(topic) || caller.scopes.contains(.admin)
    switch hub.manager.presence(on: topic, for: caller.user, isGranted: isGranted) {
    case .users(let users, let isTruncated, let position):
      let body = JSONText.object { text in
        text.member("topic", topic.text)
        text.member("position", position.description)
        text.name("users")
        text.array { array in
          for user in users { array.value(user.text) }
        }
        if isTruncated { text.member("truncated", true) }
      }
      return .json(body)
    case .notKept: throw Problem.presenceNotKept(topic)
    case .notGranted: throw Problem.topicNotGranted(topic)
    case .draining: throw Problem.draining
    }
  }

  private func topic(of target: RequestTarget) throws(Problem) -> TopicName {
    try Self.checkParameters(of: target, known: ["topic"])
    let texts = try target.parameters("topic", atMost: 2)
    guard texts.count == 1 else { throw Problem(.malformedRequest, "The query must name one topic: ?topic=NAME.") }
    guard let topic = TopicName(texts[0]) else { throw Problem.badTopic(texts[0]) }
    return topic
  }
}

extension Problem {
  static let notYourConnection = Problem(.insufficientScope, "The token is of another user than the connection.")
}
