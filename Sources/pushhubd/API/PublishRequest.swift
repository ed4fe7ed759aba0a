import HubCore
import HubProtocol

/// The content of POST `/send` or `/broadcast`: an event, and whom it is for.
///
/// A member that it does not know is refused, as a slip would make another event of it, or send it to everyone. A member
/// that may be left out may be `null` as well, but for `filter`.
struct PublishRequest: Sendable {
  let message: Message
  let target: Target

  /// `{"userId" | "topic" | "topics": …, "eventType"?: …, "data" | "text": …, "key"?: …, "ttl"?: …, "replace" | "clear"?: …}`
  init(sending body: [UInt8]) throws(Problem) {
    let members = try object(body, of: .send)
    target = try Self.target(members)
    message = try Self.content(members, to: target, defaultType: .notification)
  }

  /// `{"eventType"?: …, "data" | "text": …, "filter"?: {"userIds": […]}, "key"?: …, "ttl"?: …, "replace" | "clear"?: …}`
  ///
  /// - Parameter maxUsers: how many users a filter may name.
  init(broadcasting body: [UInt8], maxUsers: Int) throws(Problem) {
    let members = try object(body, of: .broadcast)
    target = try Self.audience(filter: members["filter"], maxUsers: maxUsers)
    message = try Self.content(members, to: target, defaultType: .broadcast)
  }

  private static func target(_ members: JSONObject) throws(Problem) -> Target {
    switch (members.present("userId"), members.present("topic"), members.present("topics")) {
    case (let user?, nil, nil): return .user(try userID(user, called: "userId"))
    case (nil, let topic?, nil): return .topic(.named(try topicName(topic)))
    case (nil, nil, let topics?):
      guard let elements = topics.elements, !elements.isEmpty else {
        throw Problem(.badMember, "The member topics must be an array that names a topic.")
      }
      guard elements.count <= Target.maxTopics else { throw Problem.tooManyTopics(Target.maxTopics) }
      let names = try topicNames(elements)
      return names.count == 1 ? .topic(.named(names[0])) : .topics(names.map(Topic.named))
    case (nil, nil, nil):
      throw Problem(.badMember, "The member userId is missing, or topic, or topics.")
    default:
      throw Problem(.badMember, "An event has one address: userId, topic or topics.")
    }
  }

  private static func content(
    _ members: JSONObject, to target: Target, defaultType: EventType
  ) throws(Problem) -> Message {
    let type = try type(members["eventType"]) ?? defaultType
    let (key, ttl) = (try key(members["key"]), try ttl(members["ttl"]))
    let value = try valueChange(members, to: target, ttl: ttl)
    switch (members["data"], members.present("text")) {
    case (let data?, nil): return Message(type: type, data: Array(data.raw), key: key, ttl: ttl, value: value)
    case (nil, let text?):
      guard let data = text.string.flatMap({ Message.text($0) }) else {
        throw Problem(.badJSON, "The member text must be a string without NUL and lone surrogates.")
      }
      return Message(type: type, data: data, form: .text, key: key, ttl: ttl, value: value)
    case (nil, nil): throw Problem(.badMember, "The member data is missing, or text.")
    default: throw Problem(.badMember, "An event has one content: data or text.")
    }
  }

  private static func valueChange(
    _ members: JSONObject, to target: Target, ttl: Int?
  ) throws(Problem) -> Message.ValueChange? {
    let replace = try valueName(members["replace"], called: "replace")
    let clear = try valueName(members["clear"], called: "clear")
    guard replace != nil || clear != nil else { return nil }
    guard case .topic = target else {
      throw Problem(.badMember, "A value (replace, clear) belongs to one user, one topic or everyone.")
    }
    guard let replace else { return clear.map(Message.ValueChange.clear) }
    guard clear == nil else { throw Problem(.badMember, "An event cannot both replace and clear.") }
    guard ttl != 0 else { throw Problem(.badMember, "A value that lasts 0 seconds (ttl) is none.") }
    return .replace(replace)
  }

  private static func valueName(_ member: JSONValue?, called name: String) throws(Problem) -> ValueName? {
    guard let member, member.kind != .null else { return nil }
    guard let value = member.string.flatMap({ ValueName($0) }) else {
      throw Problem(.badMember, "The member \(name) must be a string of 1 to 128 bytes.")
    }
    return value
  }

  private static func type(_ member: JSONValue?) throws(Problem) -> EventType? {
    guard let member, member.kind != .null else { return nil }
    guard let text = member.string else { throw Problem(.badMember, "The member eventType must be a string.") }
    do throws(EventType.Refusal) {
      return try EventType(checking: text)
    } catch {
      switch error {
      case .reserved: throw Problem(.reservedEvent, "This event type is the hub's own.")
      case .malformed:
        throw Problem(
          .badEvent, "An event type is 1 to 128 bytes without control characters and without a blank at either end.")
      }
    }
  }

  private static func key(_ member: JSONValue?) throws(Problem) -> IdempotencyKey? {
    guard let member, member.kind != .null else { return nil }
    guard let key = member.string.flatMap({ IdempotencyKey($0) }) else {
      throw Problem(.badMember, "The member key must be a string of 1 to 128 bytes.")
    }
    return key
  }

  private static func ttl(_ member: JSONValue?) throws(Problem) -> Int? {
    guard let member, member.kind != .null else { return nil }
    guard let ttl = member.integer, ttl >= 0, ttl <= Message.maxTTL else {
      throw Problem(.badMember, "The member ttl must be a whole number of seconds from 0 to \(Message.maxTTL).")
    }
    return ttl
  }

  /// Only without a filter it is everyone: one that names nobody is a program's mistake.
  private static func audience(filter: JSONValue?, maxUsers: Int) throws(Problem) -> Target {
    guard let filter else { return .everyone }
    guard let members = filter.object else { throw Problem(.badMember, "The member filter must be an object.") }
    try check(members, of: .filter)
    guard let elements = members["userIds"]?.elements, !elements.isEmpty else {
      throw Problem(
        .badMember, "The filter's userIds must be an array that names somebody; for everyone, leave filter out.")
    }
    guard elements.count <= maxUsers else {
      throw Problem(
        .badMember, "The filter names \(elements.count) users; it may name \(maxUsers) (publish.max-users).")
    }
    var users: [UserID] = []
    var known: Set<UserID> = []
    for element in elements {
      let user = try userID(element, called: "each of the filter's userIds")
      if known.insert(user).inserted { users.append(user) }
    }
    return .users(users)
  }
}

/// The content of POST `/users/:userId/disconnect`: nothing, or `{"reason"?: …}`.
struct DisconnectRequest: Sendable {
  let reason: String?

  init(_ body: [UInt8]) throws(Problem) {
    reason = body.isEmpty ? nil : try closingReason(object(body, of: .disconnect))
  }
}

/// The content of POST `/users/:userId/revoke`: nothing, or `{"before"?: …}`.
struct RevokeRequest: Sendable {
  /// In seconds since 1970.
  let before: UInt32?

  init(_ body: [UInt8]) throws(Problem) {
    guard !body.isEmpty, let member = try object(body, of: .revoke).present("before") else {
      before = nil
      return
    }
    guard let seconds = member.integer.flatMap({ UInt32(exactly: $0) }) else {
      throw Problem(
        .badMember, "The member before must be a time in whole seconds since 1970, from 0 to \(UInt32.max).")
    }
    before = seconds
  }
}

/// The content of POST `/users/:userId/block`: nothing, or `{"for"?: "1h", "reason"?: …}`.
struct BlockRequest: Sendable {
  let duration: Duration?
  let reason: String?

  init(_ body: [UInt8]) throws(Problem) {
    let members = body.isEmpty ? nil : try object(body, of: .block)
    reason = try members.flatMap { members throws(Problem) in try closingReason(members) }
    guard let member = members?.present("for") else {
      duration = nil
      return
    }
    guard let duration = member.string.flatMap({ Duration(spelled: $0) }), duration > .zero, duration <= .longest else {
      throw Problem(.badMember, "The member for must be a string such as 30s, 10m, 1h or 7d, at most 3650d.")
    }
    self.duration = duration
  }
}

/// The content of a POST that says nothing but where it goes: nothing, or `{}`.
enum EmptyRequest {
  static func check(_ body: [UInt8]) throws(Problem) {
    if !body.isEmpty { _ = try object(body, of: .nothing) }
  }
}

/// What clients are told whose streams are closed.
private func closingReason(_ members: JSONObject) throws(Problem) -> String? {
  guard let member = members.present("reason") else { return nil }
  guard let text = member.string, text.utf8.count <= maxReasonBytes else {
    throw Problem(.badMember, "The member reason must be a string of at most \(maxReasonBytes) bytes.")
  }
  return text.isEmpty ? nil : text
}

/// The content of POST `/connections/:connectionId/topics`: `{"add"?: […], "remove"?: […], "values"?: …}`.
struct TopicsRequest: Sendable {
  let add: [TopicName]
  let remove: [TopicName]
  let wantsValues: Bool
  /// More are no client's that knows what it follows.
  private static let maxRemoved = 1024

  /// - Parameter maxTopics: how many topics a connection may ask for.
  init(_ body: [UInt8], maxTopics: Int) throws(Problem) {
    let members = try object(body, of: .topics)
    add = try Self.names(members["add"], called: "add", atMost: maxTopics)
    remove = try Self.names(members["remove"], called: "remove", atMost: max(Self.maxRemoved, maxTopics))
    guard let values = members["values"], values.kind != .null else {
      wantsValues = false
      return
    }
    guard let wantsValues = values.bool else { throw Problem(.badMember, "The member values must be true or false.") }
    self.wantsValues = wantsValues
  }

  /// Their number is looked at first: each is compared with what the token grants.
  private static func names(
    _ member: JSONValue?, called name: String, atMost limit: Int
  ) throws(Problem) -> [TopicName] {
    guard let member, member.kind != .null else { return [] }
    guard let elements = member.elements else {
      throw Problem(.badMember, "The member \(name) must be an array of topics.")
    }
    guard elements.count <= limit else { throw Problem.tooManyTopics(limit) }
    return try topicNames(elements)
  }
}

extension JSONObject {
  /// A member that may be `null` where it is not meant.
  fileprivate func present(_ name: String) -> JSONValue? { self[name].flatMap { $0.kind == .null ? nil : $0 } }
}

/// Each once.
private func topicNames(_ elements: [JSONValue]) throws(Problem) -> [TopicName] {
  var names: [TopicName] = []
  var known: Set<TopicName> = []
  for element in elements {
    let name = try topicName(element)
    if known.insert(name).inserted { names.append(name) }
  }
  return names
}

private func topicName(_ value: JSONValue) throws(Problem) -> TopicName {
  guard let text = value.string else { throw Problem(.badTopic, "A topic is a string, the name of one.") }
  guard let name = TopicName(text) else { throw Problem.badTopic(text) }
  return name
}

private func object(_ body: [UInt8], of kind: RequestObject) throws(Problem) -> JSONObject {
  let members: JSONObject
  do throws(JSONError) {
    members = try JSONObject(body)
  } catch {
    throw Problem(.badJSON, "The body is not the JSON object that it should be: \(error).")
  }
  try check(members, of: kind)
  return members
}

/// Each member is one that is known, and there once.
private func check(_ members: JSONObject, of kind: RequestObject) throws(Problem) {
  if let name = members.duplicateName {
    throw Problem(.badMember, "The member \(name.prefix(utf8Bytes: 64)) occurs more than once.")
  }
  for member in members.members where !kind.has(member.name) { throw kind.unknown(member.name) }
}

/// A user id as a string, or as an integer, which counts in its decimal form.
private func userID(_ value: JSONValue, called name: String) throws(Problem) -> UserID {
  guard let user = value.name.flatMap({ UserID($0) }) else {
    throw Problem(
      .badMember, "A user id (\(name)) is a whole number, or a string of 1 to 128 bytes without control characters.")
  }
  return user
}
