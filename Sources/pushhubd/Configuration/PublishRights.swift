import HubCore
import HubProtocol

/// What a command asks for.
struct PublishAction: Sendable {
  /// What a command is about, or what its publisher would read.
  enum Subject: Sendable, Hashable {
    case topic(Topic)
    case connection
    /// Every user.
    case users
    /// Every named topic that begins so; with an empty beginning, every named topic.
    case topics(beginning: String)
    /// Whatever there is, events to single connections as well.
    case everything
  }

  /// One right; none where everyone may.
  let right: PublishRule.Rights
  /// The right must cover each of them.
  var subjects: [Subject] = []
  /// The type of the event that is pushed.
  var event: EventType?
}

/// Who may do what on the publishers' socket: `publish.allow`.
///
/// Rules only ever give: an action is allowed where one rule allows it; for several users or topics, where it is for each
/// of them.
struct PublishRights: Sendable, Equatable {
  static let standard = PublishRights(PublishRule.standard)

  let rules: [PublishRule]
  /// What everyone may do without limits: nothing has to be looked up.
  let ofEveryone: PublishRule.Rights

  init(_ rules: [PublishRule]) {
    self.rules = rules
    ofEveryone = rules.reduce(into: []) { rights, rule in
      guard rule.who == .everyone, rule.targets.isEmpty else { return }
      rights.formUnion(rule.events.isEmpty ? rule.rights : rule.rights.subtracting(.push))
    }
  }

  /// - Parameters:
  ///   - uid: of the publisher, from the kernel.
  ///   - gids: its groups, from the kernel.
  func allow(_ action: PublishAction, uid: UInt32, gids: [UInt32]) -> Bool {
    if ofEveryone.contains(action.right) { return true }
    let giving = rules.filter { rule in
      rule.isFor(uid: uid, gids: gids) && rule.rights.contains(action.right) && rule.takes(action.event)
    }
    return !giving.isEmpty && action.subjects.allSatisfy { subject in giving.contains { $0.covers(subject) } }
  }
}

extension PublishRule {
  fileprivate func takes(_ event: EventType?) -> Bool {
    guard let event, !events.isEmpty else { return true }
    return events.contains { $0.matches(event) }
  }

  fileprivate func covers(_ subject: PublishAction.Subject) -> Bool {
    targets.isEmpty
      || targets.contains { target in
        switch (target, subject) {
        case (.everyone, .topic(.everyone)): true
        case (.users(let pattern), .topic(.user(let user))): pattern.matches(user)
        case (.users(let pattern), .users): pattern.matchesAll(beginningWith: "")
        case (.topics(let pattern), .topic(.named(let name))): pattern.matches(name)
        case (.topics(let pattern), .topics(let beginning)): pattern.matchesAll(beginningWith: beginning)
        case (.connections, .connection): true
        // Of several patterns that cover everything together, nobody can be sure.
        case (_, .everything): false
        default: false
        }
      }
  }
}

extension Target {
  /// What a command with this target is about.
  var subjects: [PublishAction.Subject] {
    switch self {
    case .topic(let topic): [.topic(topic)]
    case .topics(let topics): topics.map(PublishAction.Subject.topic)
    case .connection: [.connection]
    }
  }
}

extension Subscriber {
  /// Whom a command about it is about.
  var subject: PublishAction.Subject {
    switch self {
    case .user(let user): .topic(.user(user))
    case .connection: .connection
    }
  }
}

extension TopicPattern {
  var subject: PublishAction.Subject {
    if let beginning { return .topics(beginning: String(beginning)) }
    // A name is one topic; what is neither a name nor a pattern cannot be.
    return topic.map { .topic(.named($0)) } ?? .everything
  }
}

extension ListenTarget {
  /// What its listener would read.
  var subject: PublishAction.Subject {
    switch self {
    case .all: .everything
    case .everyone: .topic(.everyone)
    case .user(let user): .topic(.user(user))
    case .topics(let pattern): pattern.subject
    case .connection: .connection
    }
  }
}
