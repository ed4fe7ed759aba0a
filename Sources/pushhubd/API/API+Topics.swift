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
    try Self.checkParameters(of: target, known: ["topic"])
    let texts = try target.parameters("topic", atMost: 2)
    guard texts.count == 1 else { throw Problem(.malformedRequest, "The query must name one topic: ?topic=NAME.") }
    guard let topic = TopicName(texts[0]) else { throw Problem.badTopic(texts[0]) }
    return .later(.connections(.named(topic), nil))
  }
}

extension Problem {
  static let notYourConnection = Problem(.insufficientScope, "The token is of another user than the connection.")
}
