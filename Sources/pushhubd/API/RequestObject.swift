import HubCore
import HubProtocol

/// The JSON objects that requests hold, with the names of their members.
enum RequestObject {
  case send, broadcast, filter, disconnect, revoke, block, nothing, topics

  private var members: [String] {
    switch self {
    case .send:
      ["userId", "topic", "topics", "eventType", "data", "text", "key", "ttl", "replace", "clear"]
    case .broadcast: ["eventType", "data", "text", "filter", "key", "ttl", "replace", "clear"]
    case .filter: ["userIds"]
    case .disconnect: ["reason"]
    case .revoke: ["before"]
    case .block: ["for", "reason"]
    case .nothing: []
    case .topics: ["add", "remove", "values"]
    }
  }

  func has(_ name: String) -> Bool { members.contains { $0.hasSameBytes(as: name) } }

  /// The refusal of a member that is none of these: it says what was probably meant.
  func unknown(_ name: String) -> Problem {
    let whole = self == .filter ? "filter.\(name)" : name
    let all = members.isEmpty ? "none" : members.joined(separator: ", ")
    let meant = meaning(of: name).map { "; did you mean \($0)?" } ?? ": there are \(all)."
    return Problem(.unknownMember, "The member \(whole.prefix(utf8Bytes: 64)) is unknown here\(meant)")
  }

  /// What other hubs, and people, call things.
  private func meaning(of name: String) -> String? {
    let word = String(name.lowercased().filter { $0 != "_" && $0 != "-" }.prefix(64))
    switch (self, word) {
    case (.filter, _): return "userIds"
    case (.broadcast, "userids"), (.broadcast, "users"), (.broadcast, "userid"), (.broadcast, "user"):
      return "filter.userIds"
    case (.send, "userids"), (.send, "users"): return "userId (for several users: /broadcast with filter.userIds)"
    case (.send, "user"), (.send, "to"), (.send, "id"): return "userId"
    case (.send, "event"), (.send, "type"), (.broadcast, "event"), (.broadcast, "type"): return "eventType"
    case (.send, "message"), (.send, "payload"), (.send, "content"), (.broadcast, "message"), (.broadcast, "payload"),
      (.broadcast, "content"):
      return "data"
    case (.topics, "topics"), (.topics, "topic"), (.topics, "subscribe"), (.topics, "adds"): return "add"
    case (.topics, "unsubscribe"), (.topics, "delete"), (.topics, "removes"): return "remove"
    case (.topics, "value"), (.topics, "snapshot"): return "values"
    case (.send, "idempotencykey"), (.broadcast, "idempotencykey"): return "key"
    case (.disconnect, "message"), (.disconnect, "detail"), (.block, "message"), (.block, "detail"): return "reason"
    case (.block, "duration"), (.block, "ttl"), (.block, "seconds"), (.block, "until"): return "for"
    case (.revoke, "iat"), (.revoke, "issuedbefore"), (.revoke, "time"), (.revoke, "until"): return "before"
    default: return NearMiss.best(for: name, among: members)
    }
  }
}
