/// Writes commands as lines with their ends, `[@key=value[;key=value…] ]VERB [argument …]`, as `CommandParser` reads them.
///
/// It refuses what would break the line. Whatever else is wrong with a target, a type or an id, its reader says it.
package enum CommandWriter {
  /// What cannot be written, in words for a person.
  package enum Refusal: String, Error {
    /// A blank would end the type on the line, so that one which has a blank can only be published over HTTP.
    case eventType = "an event type on this socket has no blanks and no control characters, and is not empty"
    case reason = "the reason holds a control character or a line break; it is one line of text"
  }

  /// A PUSH up to its JSON, the same for every event with this target, type and tags; JSON on one line and `lineEnd` make
  /// it whole.
  package static func push(
    to target: TargetText, type: String, form: Message.Form = .json, key: IdempotencyKey? = nil, ttl: Int? = nil,
    value: Message.ValueChange? = nil
  ) throws(Refusal) -> [UInt8] {
    guard !type.isEmpty, !type.unicodeScalars.contains(where: { $0 == " " || $0.isControl }) else { throw .eventType }
    var line: [UInt8] = []
    if let key { line.append(tag: "key", key.text) }
    if let ttl { line.append(tag: "ttl", String(max(0, ttl))) }
    switch value {
    case .replace(let name): line.append(tag: "replace", name.text)
    case .clear(let name): line.append(tag: "clear", name.text)
    case nil: break
    }
    if form == .text { line.append(tag: "as", "text") }
    if !line.isEmpty { line.append(blank) }
    line.append(.push, target)
    line.append(blank)
    line.append(contentsOf: type.utf8)
    line.append(blank)
    return line
  }

  /// - Parameter reason: an empty one is none.
  package static func close(_ target: TargetText, reason: String?) throws(Refusal) -> [UInt8] {
    var line: [UInt8] = []
    line.append(.close, target)
    if let reason, !reason.isEmpty {
      guard !reason.unicodeScalars.contains(where: \.isControl) else { throw .reason }
      line.append(blank)
      line.append(contentsOf: reason.utf8)
    }
    return line + [lineEnd]
  }

  /// - Parameters:
  ///   - target: one user or one connection.
  ///   - duration: as `for=` takes it: `1h`.
  package static func subscribe(_ target: TargetText, to topics: [String], for duration: String? = nil) -> [UInt8] {
    var line: [UInt8] = []
    line.append(.subscribe, target)
    line.append(blank)
    line.append(TargetText.topics(topics))
    if let duration {
      line.append(contentsOf: " for=".utf8)
      line.append(percentEncoding: duration, separator: ",")
    }
    return line + [lineEnd]
  }

  /// - Parameter target: one user or one connection.
  package static func unsubscribe(_ target: TargetText, from topics: [String]) -> [UInt8] {
    var line: [UInt8] = []
    line.append(.unsubscribe, target)
    line.append(blank)
    line.append(TargetText.topics(topics))
    return line + [lineEnd]
  }

  /// - Parameter target: one user, one topic or one connection.
  package static func connections(of target: TargetText) -> [UInt8] {
    var line: [UInt8] = []
    line.append(.connections, target)
    return line + [lineEnd]
  }

  package static func explain(_ event: String) -> [UInt8] {
    var line = Array(Command.Verb.explain.name.utf8) + [blank]
    line.append(percentEncoding: event, separator: ",")
    return line + [lineEnd]
  }

  /// - Parameters:
  ///   - targets: at least one; a topic may be a pattern.
  ///   - since: an event's id, or `start`.
  package static func listen(to targets: [ListenText], since: String? = nil) -> [UInt8] {
    var line = Array(Command.Verb.listen.name.utf8)
    for target in targets {
      line.append(blank)
      switch target {
      case .all: line.append(contentsOf: "all".utf8)
      case .target(let target): line.append(target)
      }
    }
    if let since {
      line.append(contentsOf: " since=".utf8)
      line.append(percentEncoding: since, separator: ",")
    }
    return line + [lineEnd]
  }

  package static var unlisten: [UInt8] { Array(Command.Verb.unlisten.name.utf8) + [lineEnd] }

  /// - Parameter topic: a name or a pattern; nil for all users.
  package static func watch(topic: String?) -> [UInt8] {
    var line = Array(Command.Verb.watch.name.utf8) + [blank]
    if let topic { line.append(TargetText.topic(topic)) } else { line.append(contentsOf: "users".utf8) }
    return line + [lineEnd]
  }

  package static var unwatch: [UInt8] { Array(Command.Verb.unwatch.name.utf8) + [lineEnd] }

  /// - Parameter before: seconds since 1970.
  package static func revoke(user: String, before: Int64? = nil) -> [UInt8] {
    line(.revoke, user: user, before.map { " before=\(max(0, $0))" })
  }

  package static func unrevoke(user: String) -> [UInt8] { line(.unrevoke, user: user) }

  /// - Parameter duration: as `for=` takes it: `1h`.
  package static func block(user: String, for duration: String? = nil) -> [UInt8] {
    guard let duration else { return line(.block, user: user) }
    var argument = Array(" for=".utf8)
    argument.append(percentEncoding: duration, separator: ",")
    return line(.block, user: user, String(decoding: argument, as: UTF8.self))
  }

  package static func unblock(user: String) -> [UInt8] { line(.unblock, user: user) }

  private static func line(_ verb: Command.Verb, user: String, _ argument: String? = nil) -> [UInt8] {
    var line: [UInt8] = []
    line.append(verb, .user(user))
    line.append(contentsOf: (argument ?? "").utf8)
    return line + [lineEnd]
  }

  package static var help: [UInt8] { Array(Command.Verb.help.name.utf8) + [lineEnd] }
  package static var stats: [UInt8] { Array(Command.Verb.stats.name.utf8) + [lineEnd] }
  package static var ping: [UInt8] { Array(Command.Verb.ping.name.utf8) + [lineEnd] }

  package static let lineEnd = UInt8(ascii: "\n")
  private static let blank = UInt8(ascii: " ")
}

extension [UInt8] {
  /// Appends a tag to those before it.
  fileprivate mutating func append(tag name: StaticString, _ value: String) {
    append(UInt8(ascii: isEmpty ? "@" : ";"))
    append(name)
    append(UInt8(ascii: "="))
    append(percentEncoding: value, separator: ";")
  }

  fileprivate mutating func append(_ verb: Command.Verb, _ target: TargetText) {
    append(contentsOf: verb.name.utf8)
    append(UInt8(ascii: " "))
    append(target)
  }
}
