package import HubProtocol

/// A topic that a publisher gave to a user, for all connections that the user has and will have.
package struct StandingTopic: Hashable, Sendable {
  package let user: UserID
  package let topic: TopicName
  /// In milliseconds of the wall clock; nil never.
  package let expiresAt: Int64?

  package init(user: UserID, topic: TopicName, expiresAt: Int64?) {
    self.user = user
    self.topic = topic
    self.expiresAt = expiresAt
  }
}

/// The topics that users were given.
struct StandingTopics {
  private struct Grant {
    let topic: TopicName
    /// In milliseconds of the wall clock; `Int64.max` never.
    var expiresAt: Int64
  }

  private(set) var count = 0
  private var byUser: [UserID: [Grant]] = [:]
  /// No grant expires before.
  private var nextExpiry = Int64.max

  func topics(of user: UserID) -> [TopicName] { byUser[user]?.map(\.topic) ?? [] }

  /// How many more there would be: of this user, which has so many then.
  func growth(by topics: [TopicName], of user: UserID) -> (more: Int, ofUser: Int) {
    let own = byUser[user] ?? []
    let more = topics.count { topic in !own.contains { $0.topic == topic } }
    return (more, own.count + more)
  }

  /// Gives the topic, or gives it until another time than before.
  mutating func add(_ grant: StandingTopic) {
    let expiresAt = grant.expiresAt ?? .max
    nextExpiry = min(nextExpiry, expiresAt)
    if let index = byUser[grant.user]?.firstIndex(where: { $0.topic == grant.topic }) {
      byUser[grant.user]?[index].expiresAt = expiresAt
    } else {
      byUser[grant.user, default: []].append(Grant(topic: grant.topic, expiresAt: expiresAt))
      count += 1
    }
  }

  mutating func remove(_ topic: TopicName, from user: UserID) {
    guard let index = byUser[user]?.firstIndex(where: { $0.topic == topic }) else { return }
    byUser[user]?.remove(at: index)
    count -= 1
    if byUser[user]?.isEmpty == true { byUser[user] = nil }
  }

  /// Takes back what has expired.
  mutating func removeExpired(now: Int64) -> [(user: UserID, topic: TopicName)] {
    guard nextExpiry <= now else { return [] }
    var expired: [(user: UserID, topic: TopicName)] = []
    nextExpiry = .max
    for (user, grants) in byUser {
      for grant in grants {
        if grant.expiresAt <= now {
          expired.append((user, grant.topic))
        } else {
          nextExpiry = min(nextExpiry, grant.expiresAt)
        }
      }
    }
    for (user, topic) in expired { remove(topic, from: user) }
    return expired
  }
}
