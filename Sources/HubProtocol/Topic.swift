/// What an event is addressed to, and what a connection follows: every connection follows everyone and its own user,
/// and any of the named topics. A topic named `user:43` is never user 43.
///
/// It is public, as `UserID` is, only because the compiler does not inline the members of a `package` type into other
/// modules.
public enum Topic: Hashable, Sendable {
  case everyone
  case user(UserID)
  case named(TopicName)

  @inlinable public static func == (left: Topic, right: Topic) -> Bool {
    switch (left, right) {
    case (.everyone, .everyone): true
    case (.user(let left), .user(let right)): left == right
    case (.named(let left), .named(let right)): left == right
    default: false
    }
  }

  @inlinable public func hash(into hasher: inout Hasher) {
    switch self {
    case .everyone: hasher.combine(0 as UInt8)
    case .user(let user): user.hash(into: &hasher)
    case .named(let name):
      name.hash(into: &hasher)
      hasher.combine(1 as UInt8)
    }
  }
}

extension Topic {
  /// As users and topics are named; empty for everyone.
  package var name: String {
    switch self {
    case .everyone: ""
    case .user(let user): user.text
    case .named(let name): name.text
    }
  }

  package var user: UserID? { if case .user(let user) = self { user } else { nil } }
  package var topicName: TopicName? { if case .named(let name) = self { name } else { nil } }
}
