import HubCore
import HubProtocol

/// What a publisher wants to do. PING needs no right.
enum PublishAction: Sendable {
  case push(Target, EventType)
  case close(Target)
  case subscribe(Subscriber, [TopicName])
  case connections(Target)
  case stats
  case explain
}

/// Who may do what on the publishers' socket: `publish.allow`.
///
/// Rules only ever give: an action is allowed where one rule allows it; for several users or topics, where it is for each of them.
struct PublishRights: Sendable, Equatable {
  static let unrestricted = PublishRights([.unrestricted])

  let rules: [PublishRule]
  /// Everyone may do everything: nothing has to be looked up.
  let isUnrestricted: Bool

  init(_ rules: [PublishRule]) {
    self.rules = rules
    isUnrestricted = rules.contains {
      $0.who == .everyone && $0.rights.count == PublishRule.Right.allCases.count && $0.targets.isEmpty
        && $0.events.isEmpty
    }
  }

  /// - Parameters:
  ///   - uid: of the publisher, from the kernel.
  ///   - gids: its groups, from the kernel.
  func decide(uid: UInt32, gids: [UInt32], _ action: PublishAction) -> Bool {
    if isUnrestricted { return true }
    let rules = rules.filter { $0.isFor(uid: uid, gids: gids) }
    switch action {
    case .push(let target, let type):
      let pushing = rules.filter { rule in
        rule.rights.contains(.push) && (rule.events.isEmpty || rule.events.contains { $0.matches(type) })
      }
      return Self.covers(pushing, target)
    case .close(let target): return Self.covers(rules.filter { $0.rights.contains(.close) }, target)
    case .subscribe(let subscriber, let topics):
      let giving = rules.filter { $0.rights.contains(.subscribe) }
      return Self.covers(giving, Target(subscriber)) && topics.allSatisfy { Self.covers(giving, .topic(.named($0))) }
    case .connections(let target): return Self.covers(rules.filter { $0.rights.contains(.connections) }, target)
    case .stats: return rules.contains { $0.rights.contains(.stats) }
    case .explain: return rules.contains { $0.rights.contains(.explain) }
    }
  }

  private static func covers(_ rules: [PublishRule], _ target: Target) -> Bool {
    switch target {
    case .topic(let topic): rules.contains { $0.covers(topic) }
    case .topics(let topics): topics.allSatisfy { topic in rules.contains { $0.covers(topic) } }
    case .connection: rules.contains { $0.targets.isEmpty || $0.targets.contains(.connections) }
    }
  }
}

extension PublishRule {
  fileprivate func covers(_ topic: Topic) -> Bool {
    targets.isEmpty
      || targets.contains { target in
        switch (target, topic) {
        case (.everyone, .everyone): true
        case (.users(let pattern), .user(let user)): pattern.matches(user)
        case (.topics(let pattern), .named(let name)): pattern.matches(name)
        default: false
        }
      }
  }
}

extension Target {
  fileprivate init(_ subscriber: Subscriber) {
    switch subscriber {
    case .user(let user): self = .user(user)
    case .connection(let id): self = .connection(id)
    }
  }
}
