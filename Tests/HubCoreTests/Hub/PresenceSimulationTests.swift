import HubProtocol
import Synchronization
import Testing

@testable import HubCore

/// Random connects, ends of every kind, returns, changes of topics, watchers and settings, against a model that looks at
/// all connections after each step: what every watcher and every follower of a topic is told, and who is present.
@Suite struct PresenceSimulationTests {
  @Test(arguments: 1...24 as ClosedRange<UInt64>)
  func everyWatcherSeesExactlyWhoComesAndGoes(seed: UInt64) throws {
    var simulation = PresenceSimulation(seed: seed, shards: 1 + Int(seed % 3))
    for _ in 0..<1500 { try simulation.step() }
  }
}

private struct PresenceSimulation {
  private static let names = ["a", "a/b", "a/c", "b", "user:user0"]
  private static let scopes: [WatchScope] =
    [.users] + ["a", "a/b", "a/*", "*", "b"].map { .topics(pattern($0)) }
  private static let lists = [[], ["a"], ["a/*", "b"], ["*"], ["a", "a/b", "a/*"]]

  struct Client {
    let user: Int
    let id: ConnectionID
    let stream: StreamRef
    var asked: Set<String>
    var given: Set<String> = []
    var seen = 0
  }

  /// Who is in a room, and since when those are gone of whom none is left.
  struct Room {
    var present: Set<Int>
    var gone: [Int: (time: Int64, step: Int)] = [:]
  }

  /// Nil is the hub as a whole.
  typealias Place = String?

  struct Line: Hashable, Comparable {
    let place: Place
    let user: Int
    let isJoin: Bool

    static func < (left: Line, right: Line) -> Bool { "\(left)" < "\(right)" }
  }

  let seed: UInt64
  let hub: TestHub
  var options: HubOptions
  var random: SplitMix
  /// Those that are open.
  var clients: [Client] = []
  var standing: [Set<String>]
  var rooms: [Place: Room] = [:]
  /// By the numbers of their connections.
  var watchers: [UInt64: (ref: WatcherRef, scope: WatchScope)] = [:]
  var steps = 0
  var sequence = 0

  init(seed: UInt64, shards: Int) {
    self.seed = seed
    random = SplitMix(state: seed)
    standing = Array(repeating: [], count: 4)
    var options = HubOptions()
    options.maxConnectionsPerUser = 3
    options.presenceTopics = Self.lists[Int(seed) % Self.lists.count].map { pattern($0) }
    self.options = options
    hub = TestHub(shards: shards) { $0 = options }
    track()
  }

  mutating func step() throws {
    steps += 1
    switch random.next(below: 26) {
    case 0...5: try connect()
    case 6...10: end()
    case 11: closeOne()
    case 12: closeUser()
    case 13, 14: changeTopics()
    case 15: renew()
    case 16: subscribe()
    case 17: unsubscribe()
    case 18: giveToOne()
    case 19, 20: watch()
    case 21: unwatch()
    case 22: reload()
    case 23: ask()
    default: tick()
    }
  }

  // MARK: - What the model sees

  private func user(_ index: Int) -> UserID { name("user\(index)") }

  private func follows(_ client: Client, _ place: Place) -> Bool {
    guard let place else { return true }
    return client.asked.contains(place) || client.given.contains(place) || standing[client.user].contains(place)
  }

  private func connected(in place: Place) -> Set<Int> {
    Set(clients.filter { follows($0, place) }.map(\.user))
  }

  private func includes(_ scope: WatchScope, _ place: Place) -> Bool {
    switch scope {
    case .users: place == nil
    case .topics(let pattern): place.map { pattern.matches(topic($0)) } ?? false
    }
  }

  private func isPublished(_ place: Place) -> Bool {
    place.map { name in options.presenceTopics.contains { $0.matches(topic(name)) } } ?? false
  }

  /// Rooms that begin to matter have whoever is connected then; others are forgotten.
  private mutating func track() {
    for place in [nil] + Self.names.map(Optional.some) {
      guard isPublished(place) || watchers.values.contains(where: { includes($0.scope, place) }) else {
        rooms[place] = nil
        continue
      }
      if rooms[place] == nil { rooms[place] = Room(present: connected(in: place)) }
    }
  }

  /// What changed in the rooms. Who is gone is waited for, unless it was wanted.
  private mutating func changes(isWanted: Bool) -> [Line] {
    var lines: [Line] = []
    for (place, room) in rooms {
      var room = room
      let connected = connected(in: place)
      for user in connected.subtracting(room.present) { lines.append(Line(place: place, user: user, isJoin: true)) }
      room.present.formUnion(connected)
      room.gone = room.gone.filter { !connected.contains($0.key) }
      for user in room.present.subtracting(connected) where room.gone[user] == nil {
        if isWanted {
          room.present.remove(user)
          lines.append(Line(place: place, user: user, isJoin: false))
        } else {
          room.gone[user] = (hub.now.monotonic, steps)
        }
      }
      rooms[place] = room
    }
    return lines
  }

  /// Everybody must have been told just this: what happened at one moment in any order, and the moments in theirs.
  private mutating func expect(_ moments: [Line]...) { expect(moments) }

  private mutating func expect(_ moments: [[Line]]) {
    for (watcher, scope) in watchers.values {
      let told = hub.shards[watcher.shard].takeNotices(of: watcher).map(line)
      #expect(isTold(told, moments) { includes(scope, $0.place) }, "seed \(seed)")
    }
    let events = moments.joined().filter { isPublished($0.place) }
    for index in clients.indices {
      let frames = hub.shard(of: clients[index].stream)
        .received(clients[index].stream, after: clients[index].seen)
      clients[index].seen += frames.count
      let told = frames.filter { $0.contains("event: presence\n") }
      #expect(
        isTold(told.compactMap(line), moments) { isPublished($0.place) && follows(clients[index], $0.place) },
        "seed \(seed)")
      let sequences = told.compactMap { Int($0.dropFirst("id: 7-".count).prefix { $0 != "\n" }) }
      #expect(sequences.allSatisfy { $0 > sequence && $0 <= sequence + events.count }, "seed \(seed)")
      #expect(sequences == sequences.sorted(), "seed \(seed)")
    }
    sequence += events.count
  }

  private func isTold(_ told: [Line], _ moments: [[Line]], where concerns: (Line) -> Bool) -> Bool {
    var rest = told[...]
    for moment in moments {
      let expected = moment.filter(concerns).sorted()
      guard rest.prefix(expected.count).sorted() == expected else { return false }
      rest = rest.dropFirst(expected.count)
    }
    return rest.isEmpty
  }

  private func line(_ notice: PresenceNotice) -> Line {
    Line(
      place: notice.topic?.text, user: Int(notice.user.text.dropFirst("user".count)) ?? -1,
      isJoin: notice.action == .join)
  }

  private func line(_ event: String) -> Line? {
    let lines = event.split(separator: "\n")
    guard lines.count == 4, let data = try? JSONObject(Array(lines[3].dropFirst("data: ".count).utf8)),
      let topic = data["topic"]?.string, lines[2] == "topic: \(topic)", let user = data["user"]?.string,
      let action = data["action"]?.string.flatMap(PresenceNotice.Action.init)
    else { return nil }
    return Line(place: topic, user: Int(user.dropFirst("user".count)) ?? -1, isJoin: action == .join)
  }

  // MARK: - Connections

  private mutating func someNames() -> Set<String> {
    Set(Self.names.shuffled(using: &random).prefix(random.next(below: 4)))
  }

  private mutating func someClient() -> Int? {
    clients.isEmpty ? nil : random.next(below: clients.count)
  }

  private mutating func connect() throws {
    let user = random.next(below: standing.count)
    let names = someNames()
    let request = hub.request("user\(user)", topics: names.sorted())
    let opening = try hub.open(request)
    for departure in opening.replaced {
      clients.removeAll { $0.id == departure.connection }
    }
    clients.append(Client(user: user, id: request.id, stream: opening.stream, asked: names))
    expect(changes(isWanted: false))
  }

  private mutating func end() {
    guard let index = someClient() else { return }
    let client = clients.remove(at: index)
    let reasons: [CloseReason] = [.clientClosed, .timeout, .slowConsumer, .tokenExpired]
    let reason = reasons[random.next(below: reasons.count)]
    #expect(hub.manager.streamEnded(client.stream, reason: reason, now: hub.now) != nil, "seed \(seed)")
    hub.manager.release(client.stream)
    expect(changes(isWanted: false))
  }

  private mutating func closeOne() {
    guard let index = someClient() else { return }
    let client = clients.remove(at: index)
    _ = hub.manager.closeConnection(client.id, reason: .disconnected, detail: nil, now: hub.now)
    expect(changes(isWanted: true))
  }

  private mutating func closeUser() {
    let user = random.next(below: standing.count)
    clients.removeAll { $0.user == user }
    _ = hub.manager.closeUserConnections(self.user(user), reason: .disconnected, detail: nil, now: hub.now)
    var lines = changes(isWanted: true)
    // Whoever is gone already is not waited for any more.
    for (place, room) in rooms where room.gone[user] != nil {
      lines.append(Line(place: place, user: user, isJoin: false))
      rooms[place]?.present.remove(user)
      rooms[place]?.gone[user] = nil
    }
    expect(lines)
  }

  // MARK: - Topics

  private mutating func changeTopics() {
    guard let index = someClient() else { return }
    let (add, remove) = (someNames(), someNames())
    clients[index].asked = clients[index].asked.subtracting(remove).union(add)
    let change = hub.manager.changeTopics(
      of: clients[index].id, for: user(clients[index].user), add: add.map(topic), remove: remove.map(topic),
      wantsValues: false, now: hub.now)
    guard case .changed(_, let position, _) = change else {
      Issue.record("seed \(seed): the topics of an open stream cannot be changed")
      return
    }
    // What follows from it comes after it.
    #expect(position.sequence == UInt64(sequence), "seed \(seed)")
    expect(changes(isWanted: true))
  }

  private mutating func renew() {
    guard let index = someClient() else { return }
    let granted = someNames()
    clients[index].asked.formIntersection(granted)
    _ = hub.manager.renew(
      clients[index].id, for: user(clients[index].user), tokenExpiresAt: nil,
      grants: { granted.contains($0.text) }, now: hub.now)
    expect(changes(isWanted: true))
  }

  private mutating func subscribe() {
    let user = random.next(below: standing.count)
    let names = someNames()
    standing[user].formUnion(names)
    let topics = names.map { StandingTopic(user: self.user(user), topic: topic($0), expiresAt: nil) }
    _ = hub.manager.subscribe(topics, now: hub.now)
    expect(changes(isWanted: true))
  }

  private mutating func unsubscribe() {
    let user = random.next(below: standing.count)
    let names = someNames()
    standing[user].subtract(names)
    _ = hub.manager.unsubscribe(self.user(user), from: names.map(topic), now: hub.now)
    expect(changes(isWanted: true))
  }

  private mutating func giveToOne() {
    guard let index = someClient() else { return }
    let names = someNames()
    if random.next(below: 2) == 0 {
      clients[index].given.formUnion(names)
      _ = hub.manager.subscribe(clients[index].id, to: names.map(topic), now: hub.now)
    } else {
      clients[index].given.subtract(names)
      _ = hub.manager.unsubscribe(clients[index].id, from: names.map(topic), now: hub.now)
    }
    expect(changes(isWanted: true))
  }

  // MARK: - Watchers, settings, time

  private mutating func watch() {
    let number = UInt64(random.next(below: 4))
    let scope = Self.scopes[random.next(below: Self.scopes.count)]
    let earlier = watchers[number]
    let watching = hub.manager.watch(
      scope, shard: Int(number) % hub.shards.count, connection: number, insteadOf: earlier?.ref)
    guard let watching else {
      Issue.record("seed \(seed): nobody may watch")
      return
    }
    watchers[number] = (watching.watcher, scope)
    track()
    let told = watching.present.map { "\($0.user.text) \($0.topic?.text ?? "")" }
    let expected = rooms.filter { includes(scope, $0.key) }
      .flatMap { room in room.value.present.map { "user\($0) \(room.key ?? "")" } }
    #expect(told.sorted() == expected.sorted(), "seed \(seed)")
    #expect(watching.present.allSatisfy { $0.action == .present })
    expect()
    if let earlier { #expect(hub.shards[earlier.ref.shard].takeNotices(of: earlier.ref) == []) }
  }

  private mutating func unwatch() {
    guard let number = watchers.keys.sorted().randomElement(using: &random), let watcher = watchers[number] else {
      return
    }
    hub.manager.unwatch(watcher.ref)
    watchers[number] = nil
    track()
    expect()
  }

  private mutating func reload() {
    options.presenceGrace = Int64(6 + random.next(below: 3) * 4) * 1000
    options.presenceTopics = Self.lists[random.next(below: Self.lists.count)].map { pattern($0) }
    hub.manager.update(options, now: hub.now)
    track()
    expect()
  }

  private mutating func ask() {
    let name = Self.names[random.next(below: Self.names.count)]
    let user = random.next(below: standing.count)
    let mayFollow = standing[user].contains(name) || clients.contains { $0.user == user && follows($0, name) }
    switch hub.manager.presence(on: topic(name), for: self.user(user), isGranted: false) {
    case .users(let users, let isTruncated, let position):
      #expect(mayFollow && isPublished(name) && !isTruncated, "seed \(seed)")
      #expect(users.map(\.text) == rooms[name]?.present.map { "user\($0)" }.sorted(), "seed \(seed)")
      #expect(position.sequence == UInt64(sequence), "seed \(seed)")
    case .notKept: #expect(mayFollow && !isPublished(name), "seed \(seed)")
    case .notGranted: #expect(!mayFollow, "seed \(seed)")
    case .draining: Issue.record("seed \(seed): the hub stops")
    }
    #expect(hub.manager.counts().eventsPublished == UInt64(sequence), "seed \(seed)")
  }

  private mutating func tick() {
    hub.now = hub.now.advanced(by: Int64(random.next(below: 5000)))
    hub.manager.cleanupInactiveConnections(now: hub.now)
    var over: [Int: [Line]] = [:]
    for (place, room) in rooms {
      for (user, gone) in room.gone where gone.time + options.presenceGrace <= hub.now.monotonic {
        over[gone.step, default: []].append(Line(place: place, user: user, isJoin: false))
        rooms[place]?.present.remove(user)
        rooms[place]?.gone[user] = nil
      }
    }
    expect(over.sorted { $0.key < $1.key }.map(\.value))
  }
}
