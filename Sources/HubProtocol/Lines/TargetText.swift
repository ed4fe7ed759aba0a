/// A target as somebody names it, to be written on a line: `*`, `user:<id>`, `users:<id>,<id>,…`, `topic:<name>`,
/// `topics:<name>,<name>,…` or `conn:<id>`.
///
/// Whether its ids can be such is for whoever reads it to say: see `Target.init(_:in:maxUsers:)`.
package enum TargetText: Equatable, Sendable {
  case everyone
  case user(String)
  /// At least one.
  case users([String])
  case topic(String)
  /// At least one.
  case topics([String])
  case connection(String)

  static var everyoneWord: StaticString { "*" }
  static var userPrefix: StaticString { "user:" }
  static var usersPrefix: StaticString { "users:" }
  static var topicPrefix: StaticString { "topic:" }
  static var topicsPrefix: StaticString { "topics:" }
  static var connectionPrefix: StaticString { "conn:" }
  static var separator: Unicode.Scalar { "," }
}

/// What somebody wants to listen to, to be written on a line.
package enum ListenText: Equatable, Sendable {
  /// Every event.
  case all
  /// A topic may be a pattern.
  case target(TargetText)
}

extension TargetText: CustomStringConvertible {
  package var description: String {
    var text: [UInt8] = []
    text.append(self)
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  package mutating func append(_ target: TargetText) {
    switch target {
    case .everyone: append(TargetText.everyoneWord)
    case .user(let id): append(TargetText.userPrefix, [id])
    case .users(let ids): append(TargetText.usersPrefix, ids)
    case .topic(let name): append(TargetText.topicPrefix, [name])
    case .topics(let names): append(TargetText.topicsPrefix, names)
    case .connection(let id): append(TargetText.connectionPrefix, [id])
    }
  }

  private mutating func append(_ prefix: StaticString, _ names: [String]) {
    append(prefix)
    for (index, name) in names.enumerated() {
      if index > 0 { append(UInt8(ascii: TargetText.separator)) }
      append(percentEncoding: name, separator: TargetText.separator)
    }
  }
}

extension TargetText {
  package init(_ topic: Topic) {
    switch topic {
    case .everyone: self = .everyone
    case .user(let user): self = .user(user.text)
    case .named(let name): self = .topic(name.text)
    }
  }

  /// Users, or named topics, as one target.
  package init(_ topics: [Topic]) {
    self = topics.first?.user != nil ? .users(topics.map(\.name)) : .topics(topics.map(\.name))
  }
}
