package import HubProtocol
import Synchronization

/// Which topics connections follow, and why.
extension SSEManager {
  /// A client asks for topics on its open stream, which its token grants, and no longer asks for others.
  ///
  /// - Parameter wantsValues: the answer holds the values of what was added, or of all where nothing was.
  package func changeTopics(
    of id: ConnectionID, for user: UserID, add: [TopicName], remove: [TopicName], wantsValues: Bool, now: Moment
  ) -> TopicChange {
    // Made before the lock is taken: a client may name any number of topics that it does not follow.
    let unwanted = Set(remove).subtracting(add)
    return decide(now: now) { state -> TopicChange in
      guard let stream = state.registry.stream(of: id), let record = state.registry.record(at: stream) else {
        return .unknownConnection
      }
      guard state.registry.user(of: record) == user else { return .otherUser }
      let asked = state.registry.topicNames(of: stream, because: .asked)
      // Where the limit was lowered, less is always possible.
      let count = Set(asked).subtracting(unwanted).union(add).count
      guard count <= max(state.options.maxTopicsPerConnection, asked.count) else { return .tooMany }
      change(stream, follow: add, unfollow: asked.filter(unwanted.contains), because: .asked, in: &state, now: now)
      state.values.evict(now: now.monotonic, among: &state.registry.topics)
      return .changed(
        topics: state.registry.topicNames(of: stream), position: position(in: state),
        values: wantsValues ? values(of: stream, only: add, in: state) : [])
    }
  }

  /// The open stream goes on under a new token of the same user.
  ///
  /// - Parameters:
  ///   - tokenIssuedAt: in seconds since 1970.
  ///   - grants: Whether the token grants a topic. Those that the client asked for and that are not granted any
  ///     more it follows only if they were given.
  package func renew(
    _ id: ConnectionID, for user: UserID, tokenExpiresAt: Int64?, tokenIssuedAt: UInt32 = 0,
    grants: (TopicName) -> Bool = { _ in true }, now: Moment
  ) -> Renewal {
    decide(now: now) { state -> Renewal in
      if let verdict = state.revocations.verdict(on: user, issuedAt: tokenIssuedAt, now: now.wall) {
        return .tokenRefused(verdict)
      }
      guard let stream = state.registry.stream(of: id), let record = state.registry.record(at: stream) else {
        return .unknownConnection
      }
      guard state.registry.user(of: record) == user else { return .otherUser }
      let lost = state.registry.topicNames(of: stream, because: .asked).filter { !grants($0) }
      change(stream, follow: [], unfollow: lost, because: .asked, in: &state, now: now)
      state.registry.setIssuedAt(tokenIssuedAt, of: stream)
      post(.renew(stream, tokenExpiresAt: tokenExpiresAt), toShardOf: stream, in: &state)
      return .renewed
    }
  }

  // MARK: - Given topics

  /// Whether `subscribe` would take these.
  package func refusal(of topics: [TopicName], for user: UserID) -> Subscription? {
    state.withLock { state in
      let growth = state.standing.growth(by: topics, of: user)
      guard growth.more > 0 else { return nil }
      if growth.ofUser > state.options.maxTopicsPerUser { return .tooMany(limit: "limits.topics-per-user") }
      if state.standing.count + growth.more > state.options.maxStandingTopics {
        return .tooMany(limit: "limits.standing-topics")
      }
      return nil
    }
  }

  /// Gives topics to a user: the connections that there are and those to come follow them. The limits were checked.
  package func subscribe(_ topics: [StandingTopic], now: Moment) -> Subscription {
    decide(now: now) { state -> Subscription in
      for topic in topics { state.standing.add(topic) }
      return .changed(connections: follow(topics.map { ($0.user, $0.topic) }, in: &state, now: now))
    }
  }

  /// Takes them back; what a client asked for itself it still follows.
  package func unsubscribe(_ user: UserID, from topics: [TopicName], now: Moment) -> Subscription {
    decide(now: now) { state -> Subscription in
      for topic in topics { state.standing.remove(topic, from: user) }
      return .changed(connections: unfollow(topics.map { (user, $0) }, in: &state, now: now))
    }
  }

  /// Gives topics to one connection.
  package func subscribe(_ id: ConnectionID, to topics: [TopicName], now: Moment) -> Subscription {
    decide(now: now) { state -> Subscription in
      guard let stream = state.registry.stream(of: id) else { return .unknownConnection }
      let given = state.registry.topicNames(of: stream, because: .given)
      guard Set(given).union(topics).count <= max(state.options.maxTopicsPerConnection, given.count) else {
        return .tooMany(limit: "limits.topics-per-connection")
      }
      let isChanged = change(stream, follow: topics, unfollow: [], because: .given, in: &state, now: now)
      return .changed(connections: isChanged ? 1 : 0)
    }
  }

  package func unsubscribe(_ id: ConnectionID, from topics: [TopicName], now: Moment) -> Subscription {
    decide(now: now) { state -> Subscription in
      guard let stream = state.registry.stream(of: id) else { return .unknownConnection }
      let isChanged = change(stream, follow: [], unfollow: topics, because: .given, in: &state, now: now)
      return .changed(connections: isChanged ? 1 : 0)
    }
  }

  /// Takes back the standing topics that have expired.
  func endExpiredTopics(in state: inout State, now: Moment) {
    let expired = state.standing.removeExpired(now: now.wall)
    if !expired.isEmpty { _ = unfollow(expired.map { ($0.user, $0.topic) }, in: &state, now: now) }
  }

  private func follow(_ topics: [(user: UserID, topic: TopicName)], in state: inout State, now: Moment) -> Int {
    Dictionary(grouping: topics, by: \.user).reduce(0) { count, group in
      state.registry.streams(of: .user(group.key)).reduce(count) { count, stream in
        let topics = group.value.map(\.topic)
        return change(stream, follow: topics, unfollow: [], because: .standing, in: &state, now: now)
          ? count + 1 : count
      }
    }
  }

  private func unfollow(_ topics: [(user: UserID, topic: TopicName)], in state: inout State, now: Moment) -> Int {
    Dictionary(grouping: topics, by: \.user).reduce(0) { count, group in
      state.registry.streams(of: .user(group.key)).reduce(count) { count, stream in
        let topics = group.value.map(\.topic)
        return change(stream, follow: [], unfollow: topics, because: .standing, in: &state, now: now)
          ? count + 1 : count
      }
    }
  }

  /// Adds and takes away reasons to follow topics; where the set changes, the stream is told. Returns whether it does.
  @discardableResult
  private func change(
    _ stream: StreamRef, follow: [TopicName], unfollow: [TopicName], because reason: Follow.Reasons,
    in state: inout State, now: Moment
  ) -> Bool {
    let before = state.presence.isKept ? state.registry.topicNames(of: stream) : []
    let isLess = state.registry.unfollow(unfollow, by: stream, reason)
    let isMore = state.registry.follow(follow, by: stream, reason)
    state.forgetIdleTopics()
    guard isLess || isMore else { return false }
    let event = SystemEvents.topics(state.registry.topicNames(of: stream), position: position(in: state))
    post(.send(event, stream), toShardOf: stream, in: &state)
    if state.presence.isKept { noteChange(of: stream, from: before, in: &state, now: now) }
    return true
  }

  // MARK: - Values

  func position(in state: borrowing State) -> EventID { EventID(epoch: epoch, sequence: state.sequence) }

  /// The values of these topics, or of all that the stream follows, in the order of their ids.
  private func values(of stream: StreamRef, only topics: [TopicName], in state: State) -> [HeldValue] {
    let numbers =
      topics.isEmpty
      ? [.everyone] + state.registry.followedNumbers(of: stream)
      : topics.compactMap { state.registry.topics.number(of: .named($0)) }
    let sequences = Set(numbers.flatMap { state.values.sequences(of: $0, after: 0) })
    return sequences.sorted().compactMap { sequence in
      state.values[sequence].map {
        HeldValue(
          id: EventID(epoch: epoch, sequence: sequence), key: $0.key, form: $0.provenance.form, frame: $0.frame)
      }
    }
  }
}
