import Synchronization

/// The hub's one state: ids, history, users and their connections, limits.
///
/// Everything is decided under one lock, which is held for about a microsecond: the event is numbered, kept in history,
/// its connections are looked up, and its frame is posted to the mailboxes of their shards. The order in which events
/// pass that lock is the order that every connection sees. The shards are woken when the lock is free again.
///
/// It reads no clock and draws no random number: `now` and new connections' ids are arguments.
package final class SSEManager: Sendable {
  /// How many replaced connections may still be on their way out while the hub is full.
  private static let maxClosingReplaced = 64

  let shards: [any StreamShard]
  package let epoch: UInt64
  let startedAt: Moment
  let state: Mutex<State>

  /// - Parameters:
  ///   - epoch: greater than that of every earlier start of this hub, so that no id is used again.
  ///   - shards: at least one; a connection stays on its shard.
  package init(options: HubOptions, epoch: UInt64, shards: [any StreamShard], now: Moment) {
    precondition(!shards.isEmpty, "a hub needs a shard")
    self.shards = shards
    self.epoch = epoch
    startedAt = now
    state = Mutex(State(options: options, shardCount: shards.count))
  }

  struct State {
    var options: HubOptions
    var registry: Registry
    var history: History
    var keys = RecentKeys()
    /// The sequence of the newest event.
    var sequence: UInt64 = 0
    var isDraining = false
    var beatSlice = 0
    /// The shards that got instructions since the lock was taken.
    var toWake = ShardsToWake.none
    var closesByReason: [CloseReason: UInt64] = [:]
    var connects: UInt64 = 0
    var replays: [ReplayOutcome: UInt64] = [:]
    var published = PublishedCounts()

    init(options: HubOptions, shardCount: Int) {
      self.options = options
      registry = Registry(shardCount: shardCount)
      history = History(limits: options.historyLimits)
    }

    mutating func forgetIdleUsers() {
      registry.users.forgetIdle(events: history.linkCount, oldest: history.firstOrdinal)
    }
  }

  // MARK: - Connections

  /// Admits a client and registers its stream, whose socket is attached to the shard by the caller. Position and
  /// registration are taken under one lock, so no event falls between replay and live.
  package func createConnection(_ request: ConnectionRequest, now: Moment) -> Admission {
    if request.lastEventID == .closed { return .closedForGood }
    switch decide({ state in admit(request, in: &state, now: now) }) {
    case .refused(let admission): return admission
    case .admitted(let entry, let options):
      return .opened(
        Admission.Opening(
          stream: entry.stream, preamble: preamble(for: request, entry: entry, options: options, now: now),
          replay: entry.replay, replaced: entry.replaced))
    }
  }

  /// What `createConnection` would refuse, without opening anything; nil where it would open a stream.
  package func refusal(of request: ConnectionRequest) -> Admission? {
    if request.lastEventID == .closed { return .closedForGood }
    return state.withLock { refusal(of: request, in: $0) }
  }

  private func refusal(of request: ConnectionRequest, in state: borrowing State) -> Admission? {
    if state.isDraining { return .draining }
    let isSurplus = state.registry.count(of: request.user) >= state.options.maxConnectionsPerUser
    if isSurplus, state.options.perUserPolicy == .refuse { return .userLimitReached }
    let room = state.options.maxConnections + (isSurplus ? Self.maxClosingReplaced : 0)
    return state.registry.usedPlaces < room ? nil : .full
  }

  private struct Entry {
    let stream: StreamRef
    let replay: ReplayOutcome
    let position: UInt64
    let replaced: [Departure]
  }

  private enum Decision {
    case refused(Admission)
    case admitted(Entry, HubOptions)
  }

  private func admit(_ request: ConnectionRequest, in state: inout State, now: Moment) -> Decision {
    if let refusal = refusal(of: request, in: state) { return .refused(refusal) }
    var replaced: [Departure] = []
    let surplus = state.registry.count(of: request.user) + 1 - state.options.maxConnectionsPerUser
    for stream in state.registry.streams(of: request.user).prefix(max(0, surplus)) {
      if let departure = close(stream, .replaced, detail: nil, in: &state) { replaced.append(departure) }
    }
    state.forgetIdleUsers()
    let stream = state.registry.add(request, connectedAt: now.wall)
    let (outcome, cursor) = replay(request, in: state)
    state.connects += 1
    state.replays[outcome, default: 0] += 1
    let opening = StreamOpening(
      stream: stream, connection: request.id, isChunked: request.isChunked,
      tokenExpiresAt: request.tokenExpiresAt, replay: cursor)
    shard(of: stream).post(.open(opening))  // its socket, which comes next, wakes the shard
    let position = cursor?.position ?? state.sequence
    return .admitted(
      Entry(stream: stream, replay: outcome, position: position, replaced: replaced), state.options)
  }

  private func replay(_ request: ConnectionRequest, in state: State) -> (ReplayOutcome, ReplayCursor?) {
    switch request.lastEventID {
    case .none: return (.none, nil)
    case .closed, .unknown: return (.gap, nil)
    case .position(let id):
      guard id.epoch == epoch, id.sequence <= state.sequence, state.history.isWhole(after: id.sequence) else {
        return (.gap, nil)
      }
      guard id.sequence < state.sequence else { return (.complete, nil) }
      return (.complete, ReplayCursor(user: request.user, position: id.sequence, end: state.sequence))
    }
  }

  private func preamble(for request: ConnectionRequest, entry: Entry, options: HubOptions, now: Moment) -> [UInt8] {
    let open = SystemEvents.open(
      connection: request.id, client: request.client, replay: entry.replay, retry: options.retry,
      heartbeatInterval: options.heartbeatInterval, tokenExpiresAt: request.tokenExpiresAt)
    let welcome = SystemEvents.welcome(
      position: EventID(epoch: epoch, sequence: entry.position), template: options.welcomeMessage, user: request.user,
      connection: request.id, client: request.client, now: now)
    return open.bytes(isChunked: request.isChunked) + welcome.bytes(isChunked: request.isChunked)
  }

  /// The next frames that a stream's replay owes; asked for by its shard as the socket drains.
  package func nextReplayBatch(_ cursor: ReplayCursor, now: Moment) -> ReplayBatch {
    state.withLock { $0.history.batch(cursor, among: $0.registry.users, now: now.monotonic) }
  }

  /// The open stream goes on under a new token of the same user.
  package func renew(_ id: ConnectionID, for user: UserID, tokenExpiresAt: Int64?) -> Renewal {
    decide { state -> Renewal in
      guard let stream = state.registry.stream(of: id), let record = state.registry.record(at: stream) else {
        return .unknownConnection
      }
      guard state.registry.users.name(of: record.user) == user else { return .otherUser }
      post(.renew(stream, tokenExpiresAt: tokenExpiresAt), toShardOf: stream, in: &state)
      return .renewed
    }
  }

  // MARK: - Publishing

  /// Numbers a message, keeps it in history and queues it to the connections of its target.
  package func publish(
    _ message: Message, to target: Target, from publisher: PublisherIdentity = .unknown, now: Moment
  ) -> Publication {
    decide { state in publish(message, to: target, from: publisher, in: &state, now: now) }
  }

  /// To one connection; such an event is not kept in history.
  package func sendMessage(_ message: Message, to connection: ConnectionID, now: Moment) -> Publication {
    publish(message, to: .connection(connection), now: now)
  }

  /// To all connections of a user.
  package func sendToUser(_ message: Message, to user: UserID, now: Moment) -> Publication {
    publish(message, to: .user(user), now: now)
  }

  /// To everyone, or to the users of a filter; a filter without users is none.
  package func broadcast(_ message: Message, filter users: [UserID] = [], now: Moment) -> Publication {
    publish(message, to: users.isEmpty ? .everyone : .users(users), now: now)
  }

  private func publish(
    _ message: Message, to target: Target, from publisher: PublisherIdentity, in state: inout State, now: Moment
  ) -> Publication {
    if state.isDraining { return .draining }
    if let key = message.key {
      state.keys.forgetExpired(now: now.monotonic)
      if let publication = state.keys.publication(for: key) { return publication }
      if state.keys.isFull { return .overloaded }
    }
    guard let addressees = addressees(of: target, in: &state) else { return .unknownConnection }
    if isOverloaded(for: addressees, in: state) { return .overloaded }
    state.sequence += 1
    let id = EventID(epoch: epoch, sequence: state.sequence)
    let frame = EventEncoder.frame(id: id, type: message.type, data: message.data, acceptedAt: now.nanoseconds)
    let sentCount = post(frame, to: addressees, in: &state)
    frame.posted(letters: state.published.count(target) == .everyone ? shards.count : sentCount)
    let provenance = Provenance(acceptedAt: now.wall, publisher: publisher, queued: sentCount)
    let outcome = state.history.append(
      frame, sequence: id.sequence, for: addressees, among: &state.registry.users, ttl: message.ttl, from: provenance,
      now: now.monotonic)
    if outcome == .tooLarge { _ = post(SystemEvents.tooLargeToKeep(frame.count), to: addressees, in: &state) }
    if let key = message.key { state.keys.remember(key, id: id, sentCount: sentCount, now: now.monotonic) }
    return .accepted(id, sentCount: sentCount)
  }

  /// Looks a target's names up, each of them once; nil where there is no such connection.
  private func addressees(of target: Target, in state: inout State) -> Addressees? {
    switch target {
    case .everyone: return .everyone
    case .connection(let id): return state.registry.stream(of: id).map(Addressees.stream)
    case .user(let user):
      state.forgetIdleUsers()
      return .user(state.registry.users.enter(user))
    case .users(let users):
      state.forgetIdleUsers()
      return .users(users.map { state.registry.users.enter($0) })
    }
  }

  /// Whether a shard that the event would go to has too much waiting.
  private func isOverloaded(for addressees: Addressees, in state: borrowing State) -> Bool {
    guard shards.indices.contains(where: { shards[$0].isOverloaded }) else { return false }
    switch addressees {
    case .everyone: return true
    case .user(let user): return isOverloaded(for: user, in: state)
    case .users(let users): return users.contains { isOverloaded(for: $0, in: state) }
    case .stream(let stream): return shard(of: stream).isOverloaded
    }
  }

  private func isOverloaded(for user: UserTable.Number, in state: borrowing State) -> Bool {
    var isOverloaded = false
    _ = state.registry.users.forEachStream(of: user) { isOverloaded = isOverloaded || shard(of: $0).isOverloaded }
    return isOverloaded
  }

  /// Hands a frame to the shards of all whom it is for; returns how many connections that are.
  private func post(_ frame: Frame, to addressees: Addressees, in state: inout State) -> Int {
    switch addressees {
    case .everyone:
      postToAll(.broadcast(frame), in: &state)
      return state.registry.count
    case .user(let user): return post(frame, to: user, in: &state)
    case .users(let users): return users.reduce(0) { $0 + post(frame, to: $1, in: &state) }
    case .stream(let stream):
      post(.send(frame, stream), toShardOf: stream, in: &state)
      return 1
    }
  }

  private func post(_ frame: Frame, to user: UserTable.Number, in state: inout State) -> Int {
    var toWake = state.toWake
    defer { state.toWake = toWake }
    return state.registry.users.forEachStream(of: user) { stream in
      let index = shardIndex(of: stream)
      shards[index].post(.send(frame, stream))
      toWake.include(index)
    }
  }

  // MARK: - Closing

  /// Ends one stream with a reason, which its client and the statistics see.
  package func closeConnection(_ id: ConnectionID, reason: CloseReason, detail: String?) -> Closing {
    decide { state -> Closing in
      guard let stream = state.registry.stream(of: id) else { return .unknownConnection }
      return .closed(close(stream, reason, detail: detail, in: &state).map { [$0] } ?? [])
    }
  }

  /// Ends all streams of a user.
  package func closeUserConnections(_ user: UserID, reason: CloseReason, detail: String?) -> [Departure] {
    decide { state in
      state.registry.streams(of: user).compactMap { close($0, reason, detail: detail, in: &state) }
    }
  }

  private func close(
    _ stream: StreamRef, _ reason: CloseReason, detail: String?, in state: inout State
  ) -> Departure? {
    guard let departure = strike(stream, reason, in: &state) else { return nil }
    post(.close(stream, reason, SystemEvents.close(reason, detail: detail)), toShardOf: stream, in: &state)
    return departure
  }

  /// A shard found that a stream has ended, or ends it; nil where the hub had closed it before.
  package func streamEnded(_ stream: StreamRef, reason: CloseReason) -> Departure? {
    state.withLock { strike(stream, reason, in: &$0) }
  }

  /// Nothing is left of a stream at its shard; its place may be given to another.
  package func release(_ stream: StreamRef) {
    state.withLock { $0.registry.release(stream) }
  }

  func strike(_ stream: StreamRef, _ reason: CloseReason, in state: inout State) -> Departure? {
    guard let record = state.registry.remove(stream) else { return nil }
    state.closesByReason[reason, default: 0] += 1
    return Departure(
      connection: record.id, user: state.registry.users.name(of: record.user), client: record.client, reason: reason,
      lastQueued: state.sequence)
  }

  // MARK: - Shards

  /// Which shards to wake when the lock is free again.
  enum ShardsToWake {
    case none
    case one(Int)
    case all

    mutating func include(_ index: Int) {
      switch self {
      case .none: self = .one(index)
      case .one(let other): if other != index { self = .all }
      case .all: break
      }
    }
  }

  /// The one way in: decide under the lock, wake the shards outside of it.
  func decide<Outcome>(_ body: (inout State) -> Outcome) -> Outcome {
    var toWake = ShardsToWake.none
    let outcome = state.withLock { state in
      defer {
        toWake = state.toWake
        state.toWake = .none
      }
      return body(&state)
    }
    switch toWake {
    case .none: break
    case .one(let index): shards[index].wake()
    case .all: for shard in shards { shard.wake() }
    }
    return outcome
  }

  private func shardIndex(of stream: StreamRef) -> Int { Int(stream.index) % shards.count }

  private func shard(of stream: StreamRef) -> any StreamShard { shards[shardIndex(of: stream)] }

  private func post(_ instruction: ShardInstruction, toShardOf stream: StreamRef, in state: inout State) {
    let index = shardIndex(of: stream)
    shards[index].post(instruction)
    state.toWake.include(index)
  }

  func postToAll(_ instruction: ShardInstruction, in state: inout State) {
    for shard in shards { shard.post(instruction) }
    state.toWake = .all
  }
}
