import HubCore
import HubProtocol

/// The content of POST `/send` or `/broadcast`: an event, and whom it is for.
///
/// A member that it does not know is refused, as a slip would make another event of it, or send it to everyone. A member
/// that may be left out may be `null` as well, but for `filter`.
struct PublishRequest: Sendable {
  let message: Message
  let target: Target

  /// `{"userId": …, "eventType"?: …, "data": …, "key"?: …, "ttl"?: …}`
  init(sending body: [UInt8]) throws(Problem) {
    let members = try object(body, of: .send)
    guard let member = members["userId"] else { throw Problem(.badMember, "The member userId is missing.") }
    target = .user(try userID(member, called: "userId"))
    message = try Self.content(members, defaultType: .notification)
  }

  /// `{"eventType"?: …, "data": …, "filter"?: {"userIds": […]}, "key"?: …, "ttl"?: …}`
  ///
  /// - Parameter maxUsers: how many users a filter may name.
  init(broadcasting body: [UInt8], maxUsers: Int) throws(Problem) {
    let members = try object(body, of: .broadcast)
    target = try Self.audience(filter: members["filter"], maxUsers: maxUsers)
    message = try Self.content(members, defaultType: .broadcast)
  }

  private static func content(_ members: JSONObject, defaultType: EventType) throws(Problem) -> Message {
    guard let data = members["data"] else { throw Problem(.badMember, "The member data is missing.") }
    return Message(
      type: try type(members["eventType"]) ?? defaultType, data: Array(data.raw), key: try key(members["key"]),
      ttl: try ttl(members["ttl"]))
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
    guard !body.isEmpty, let member = try object(body, of: .disconnect)["reason"], member.kind != .null else {
      reason = nil
      return
    }
    guard let text = member.string, text.utf8.count <= maxReasonBytes else {
      throw Problem(.badMember, "The member reason must be a string of at most \(maxReasonBytes) bytes.")
    }
    reason = text.isEmpty ? nil : text
  }
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
