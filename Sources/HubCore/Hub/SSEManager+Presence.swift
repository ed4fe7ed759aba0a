package import HubProtocol
import Synchronization

/// Who is present, as watchers, and those who follow a topic, are told.
extension SSEManager {
  /// So many leave at once before others have the lock.
  private static let maxLeavesAtOnce = 256
  /// Of those who are present on a topic.
  package static let maxListedUsers = 10_000

  /// What a WATCH got.
  package struct Watching: Sendable {
    package let watcher: WatcherRef
    package let present: [PresenceNotice]
  }

  /// Tells a connection on the socket from now on who comes to and goes from a scope, as items in its shard's mailbox, in
  /// the order in which it happens. Called on that shard, which takes up what comes only after it. Nil while the hub stops.
  ///
  /// - Parameters:
  ///   - connection: the shard's name for it.
  ///   - earlier: the connection's WATCH until now, whose place this one takes.
  package func watch(
    _ scope: WatchScope, shard: Int, connection: UInt64, insteadOf earlier: WatcherRef?
  ) -> Watching? {
    state.withLock { state in
      guard !state.isDraining else { return nil }
      let (watcher, present) = state.presence.watch(
        scope, shard: shard, connection: connection, insteadOf: earlier, state.registry)
      return Watching(watcher: watcher, present: present)
    }
  }

  /// It is told nothing more; what has been posted to it already is for nobody.
  package func unwatch(_ watcher: WatcherRef) {
    state.withLock { $0.presence.unwatch(watcher) }
  }

  /// Who is present on a topic, for a user who may follow it.
  ///
  /// - Parameter isGranted: whether the user may in any case, also where it neither follows the topic nor was given it.
  package func presence(on topic: TopicName, for user: UserID, isGranted: Bool) -> TopicPresence {
    var presence = state.withLock { state -> TopicPresence in
      guard isGranted || follows(user, topic, in: state) else { return .notGranted }
      guard !state.isDraining else { return .draining }
      guard state.presence.isPublished(topic) else { return .notKept }
      return .users(state.presence.users(on: topic), isTruncated: false, position: position(in: state))
    }
    if case .users(let users, _, let position) = presence {
      let sorted = users.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
      let isTruncated = sorted.count > Self.maxListedUsers
      presence = .users(Array(sorted.prefix(Self.maxListedUsers)), isTruncated: isTruncated, position: position)
    }
    return presence
  }

  private func follows(_ user: UserID, _ topic: TopicName, in state: borrowing State) -> Bool {
    state.standing.topics(of: user).contains(topic)
      || state.registry.streams(of: .user(user)).contains { state.registry.topicNames(of: $0).contains(topic) }
  }

  // MARK: - What changes it

  /// Decides what may change who is present. Of that all are told behind everything else that was decided, so that a
  /// position in the decision is one before it.
  func decide<Outcome>(now: Moment, _ body: (inout State) -> Outcome) -> Outcome {
    decide { state in
      let outcome = body(&state)
      if state.presence.hasNews { tell(in: &state, now: now) }
      return outcome
    }
  }

  func noteArrival(of user: UserID, following topics: [TopicName], in state: inout State) {
    state.presence.arrive(user, in: .everyone)
    for topic in topics { state.presence.arrive(user, in: .named(topic)) }
  }

  /// - Parameter topics: what the connection followed.
  func note(_ departure: Departure, following topics: [TopicName], in state: inout State, now: Moment) {
    for room in topics.map(Topic.named) + [.everyone] {
      state.presence.depart(
        departure.user, from: room, isWanted: departure.reason.endsPresence, now: now.monotonic)
    }
  }

  /// - Parameter before: what the connection followed.
  func noteChange(of stream: StreamRef, from before: [TopicName], in state: inout State, now: Moment) {
    guard let record = state.registry.record(at: stream) else { return }
    let user = state.registry.user(of: record)
    let after = state.registry.topicNames(of: stream)
    let (former, current) = (Set(before), Set(after))
    for topic in before where !current.contains(topic) {
      state.presence.depart(user, from: .named(topic), isWanted: true, now: now.monotonic)
    }
    for topic in after where !former.contains(topic) { state.presence.arrive(user, in: .named(topic)) }
  }

  /// Whose grace time is over has left; not all under one lock.
  func endGraces(now: Moment) {
    var mayBeMore = true
    while mayBeMore {
      mayBeMore = decide(now: now) { state in
        state.presence.endGraces(atMost: Self.maxLeavesAtOnce, now: now.monotonic)
      }
    }
  }

  private func tell(in state: inout State, now: Moment) {
    for notice in state.presence.takeNews() {
      for watcher in state.presence.watchers(of: notice) {
        shards[watcher.shard].post(notice, to: watcher)
        state.toWake.include(watcher.shard)
      }
      guard let topic = notice.topic, state.presence.isPublished(topic) else { continue }
      publishOwn(Message(notice, on: topic), on: topic, in: &state, now: now)
    }
  }
}

/// Who is present on a topic.
package enum TopicPresence: Sendable {
  /// By name. What comes after the position completes it.
  case users([UserID], isTruncated: Bool, position: EventID)
  /// `presenceTopics` does not name it.
  case notKept
  /// The user may not follow it.
  case notGranted
  case draining
}

extension Message {
  fileprivate init(_ notice: PresenceNotice, on topic: TopicName) {
    let data = JSONText.object { json in
      json.member("topic", topic.text)
      json.member("user", notice.user.text)
      json.member("action", notice.action.rawValue)
    }
    self.init(type: .presence, data: data)
  }
}
