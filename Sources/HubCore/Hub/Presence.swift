import DequeModule
import HubProtocol

/// Who is present, of those whom somebody watches or whose topics are to be told of: users as such (the room of everyone)
/// and users that follow a topic (the room of that topic).
///
/// A user joins a room with the first connection in it, and leaves it when the last has been gone for the grace time, so
/// that a reload goes unnoticed; or at once, where somebody wanted it so. What follows from that is news until it is taken.
///
/// Where nobody watches nothing is kept. A room begins with those who are connected at that moment: whoever left a moment
/// before is not present, and joins when coming back.
struct Presence {
  /// A user's connections in a room.
  private struct Member {
    var connections: Int
    /// Without any: which of the departures it was.
    var departure: UInt64 = 0
  }

  /// Somebody's last connection in a room went. It counts as long as the member has none and names it.
  private struct Departure {
    let user: UserID
    let room: Topic
    let number: UInt64
    /// Monotonic milliseconds.
    let time: Int64
  }

  /// What is watched.
  private enum Scope: Hashable {
    case room(Topic)
    /// Those of all topics of a pattern.
    case rooms(TopicPattern)

    init(_ scope: WatchScope) {
      switch scope {
      case .users: self = .room(.everyone)
      case .topics(let pattern): self = pattern.topic.map { .room(.named($0)) } ?? .rooms(pattern)
      }
    }
  }

  private static let spareDepartures = 1024

  /// Whether anything is kept at all: looked at first wherever connections or their topics change.
  private(set) var isKept = false
  /// Milliseconds.
  var grace: Int64
  /// The topics that are told of in events, to those who follow them.
  private(set) var published: [TopicPattern] = []
  private var scopes: [WatcherRef: Scope] = [:]
  private var lastNumber: UInt64 = 0
  private var watchers: [Scope: [WatcherRef]] = [:]
  /// Those among what is watched.
  private var patterns: [TopicPattern] = []
  private var rooms: [Topic: [UserID: Member]] = [:]
  /// In the order of time, with those that do not count any more.
  private var departures: Deque<Departure> = []
  private var departureCount: UInt64 = 0
  /// At so many the ones that do not count are taken out.
  private var departuresToSift = Self.spareDepartures
  private var news: [PresenceNotice] = []

  init(grace: Int64) { self.grace = grace }

  var watcherCount: Int { scopes.count }
  /// Of each room counted for itself, with those in their grace time.
  var memberCount: Int { rooms.values.reduce(0) { $0 + $1.count } }
  var hasNews: Bool { !news.isEmpty }

  /// What happened since it was last asked, in order.
  mutating func takeNews() -> [PresenceNotice] {
    defer { news = [] }
    return news
  }

  // MARK: - Who comes and goes

  /// One more of a user's connections is in a room.
  mutating func arrive(_ user: UserID, in room: Topic) {
    guard isWatched(room) else { return }
    let connections = rooms[room]?[user]?.connections
    rooms[room, default: [:]][user] = Member(connections: (connections ?? 0) + 1)
    if connections == nil { news.append(PresenceNotice(user: user, topic: room.topicName, action: .join)) }
  }

  /// One less is.
  ///
  /// - Parameters:
  ///   - isWanted: whether somebody wanted it so, and nobody is waited for.
  ///   - now: monotonic milliseconds.
  mutating func depart(_ user: UserID, from room: Topic, isWanted: Bool, now: Int64) {
    guard var member = rooms[room]?[user], member.connections > 0 else { return }
    member.connections -= 1
    guard member.connections > 0 || !isWanted else { return leave(user, room) }
    if member.connections == 0 {
      departureCount += 1
      member.departure = departureCount
      // Two threads may read the clock in one order and come here in the other.
      let time = max(now, departures.last?.time ?? now)
      departures.append(Departure(user: user, room: room, number: departureCount, time: time))
    }
    rooms[room]?[user] = member
    siftDepartures()
  }

  /// Whoever of a user's rooms waits for a connection to come back does not any more.
  mutating func endGrace(of user: UserID) {
    for departure in departures where departure.user == user && counts(departure) { leave(user, departure.room) }
  }

  /// Ends what grace time is over, so many at most; returns whether there may be more.
  mutating func endGraces(atMost limit: Int, now: Int64) -> Bool {
    for _ in 0..<limit {
      guard let departure = departures.first, departure.time + grace <= now else { return false }
      departures.removeFirst()
      if counts(departure) { leave(departure.user, departure.room) }
    }
    return true
  }

  private mutating func leave(_ user: UserID, _ room: Topic) {
    rooms[room]?[user] = nil
    if rooms[room]?.isEmpty == true { rooms[room] = nil }
    news.append(PresenceNotice(user: user, topic: room.topicName, action: .leave))
  }

  private func counts(_ departure: Departure) -> Bool {
    guard let member = rooms[departure.room]?[departure.user] else { return false }
    return member.connections == 0 && member.departure == departure.number
  }

  /// A user who reloads all the time leaves many behind that do not count.
  private mutating func siftDepartures() {
    guard departures.count >= departuresToSift else { return }
    departures = departures.filter(counts)
    departuresToSift = 2 * departures.count + Self.spareDepartures
  }

  // MARK: - Who wants to know

  /// Tells a new watcher of a scope. What both it and the one whose place it takes watch is kept.
  ///
  /// - Returns: the watcher, and who is present.
  mutating func watch(
    _ watched: WatchScope, shard: Int, connection: UInt64, insteadOf earlier: WatcherRef?, _ registry: Registry
  ) -> (WatcherRef, [PresenceNotice]) {
    lastNumber += 1
    let watcher = WatcherRef(shard: shard, connection: connection, number: lastNumber)
    let scope = Scope(watched)
    fill(scope, from: registry)
    scopes[watcher] = scope
    watchers[scope, default: []].append(watcher)
    if let earlier { remove(earlier) }
    forgetUnwatched()
    return (watcher, present(in: scope))
  }

  mutating func unwatch(_ watcher: WatcherRef) {
    remove(watcher)
    forgetUnwatched()
  }

  /// From now on these topics are told of in events. Whoever is there already has not just joined.
  mutating func publish(on topics: [TopicPattern], _ registry: Registry) {
    for topic in topics where !published.contains(topic) { fill(Scope(.topics(topic)), from: registry) }
    published = topics
    forgetUnwatched()
  }

  /// Nobody is told anything any more.
  mutating func stop() {
    published = []
    scopes = [:]
    watchers = [:]
    forgetUnwatched()
  }

  func isPublished(_ topic: TopicName) -> Bool { published.contains { $0.matches(topic) } }

  /// Those who are to be told.
  func watchers(of notice: PresenceNotice) -> [WatcherRef] {
    guard let topic = notice.topic else { return watchers[.room(.everyone)] ?? [] }
    return patterns.reduce(into: watchers[.room(.named(topic))] ?? []) { found, pattern in
      if pattern.matches(topic) { found += watchers[.rooms(pattern)] ?? [] }
    }
  }

  /// The users in a topic's room.
  func users(on topic: TopicName) -> [UserID] { rooms[.named(topic)].map { Array($0.keys) } ?? [] }

  private func present(in scope: Scope) -> [PresenceNotice] {
    switch scope {
    case .room(let room): return present(in: room)
    case .rooms(let pattern):
      return rooms.keys.reduce(into: []) { found, room in
        if let topic = room.topicName, pattern.matches(topic) { found += present(in: room) }
      }
    }
  }

  private func present(in room: Topic) -> [PresenceNotice] {
    rooms[room]?.keys.map { PresenceNotice(user: $0, topic: room.topicName, action: .present) } ?? []
  }

  private func isWatched(_ room: Topic) -> Bool {
    if watchers[.room(room)] != nil { return true }
    guard case .named(let topic) = room else { return false }
    return isPublished(topic) || patterns.contains { $0.matches(topic) }
  }

  /// Takes over from the books who is in the rooms of a scope that are not kept yet.
  private mutating func fill(_ scope: Scope, from registry: Registry) {
    switch scope {
    case .room(let room): fill(room, from: registry)
    case .rooms(let pattern):
      for topic in registry.topics.followed(in: pattern) { fill(.named(topic), from: registry) }
    }
  }

  private mutating func fill(_ room: Topic, from registry: Registry) {
    guard !isWatched(room) else { return }
    let members = registry.connectionsByUser(following: room)
    if !members.isEmpty { rooms[room] = members.mapValues { Member(connections: $0) } }
  }

  private mutating func remove(_ watcher: WatcherRef) {
    guard let scope = scopes.removeValue(forKey: watcher) else { return }
    watchers[scope]?.removeAll { $0 == watcher }
    if watchers[scope]?.isEmpty == true { watchers[scope] = nil }
  }

  private mutating func forgetUnwatched() {
    patterns = watchers.keys.compactMap { if case .rooms(let pattern) = $0 { pattern } else { nil } }
    isKept = !published.isEmpty || !scopes.isEmpty
    rooms = rooms.filter { isWatched($0.key) }
    departures = departures.filter(counts)
  }
}
