import HubCore
import HubProtocol

/// What a publisher wants to do. PING needs no right.
enum PublishAction: Sendable {
  case push(Target, EventType)
  case close(Target)
  case connections(Target)
  case stats
  case explain
}

/// Who may do what on the publishers' socket: `publish.allow`.
///
/// Rules only ever give: an action is allowed where one rule allows it; for several users, where it is for each of them.
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
    case .connections(let target): return Self.covers(rules.filter { $0.rights.contains(.connections) }, target)
    case .stats: return rules.contains { $0.rights.contains(.stats) }
    case .explain: return rules.contains { $0.rights.contains(.explain) }
    }
  }

  private static func covers(_ rules: [PublishRule], _ target: Target) -> Bool {
    switch target {
    case .everyone: rules.contains { $0.targets.isEmpty || $0.targets.contains(.everyone) }
    case .connection: rules.contains { $0.targets.isEmpty || $0.targets.contains(.connections) }
    case .user(let user): rules.contains { $0.covers(user) }
    case .users(let users): users.allSatisfy { user in rules.contains { $0.covers(user) } }
    }
  }
}

extension PublishRule {
  fileprivate func covers(_ user: UserID) -> Bool {
    targets.isEmpty
      || targets.contains { target in
        if case .users(let pattern) = target { pattern.matches(user) } else { false }
      }
  }
}
