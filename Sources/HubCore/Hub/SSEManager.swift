import HubProtocol
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
  /// Whether anything was taken from anybody; written under the lock.
  let hasRevocations = Atomic(false)

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
    var values: LastValues
    var standing = StandingTopics()
    var presence: Presence
    var revocations = Revocations()
    var listeners = Listeners()
    var keys: RecentKeys
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
      values = LastValues(limits: options.valueLimits)
      keys = RecentKeys(limits: options.keyLimits)
      presence = Presence(grace: options.presenceGrace)
      presence.publish(on: options.presenceTopics, registry)
    }

    mutating func forgetIdleTopics() {
      registry.topics.forgetIdle(events: history.linkCount + values.count, oldest: history.firstOrdinal)
    }
  }

  // MARK: - Connections

  /// Admits a client and registers its stream. Position and registration are taken under one lock, so no event falls
  /// between replay and live. Called on the stream's shard, which writes the preamble before it looks into its mailbox.
  package func createConnection(_ request: ConnectionRequest, now: Moment) -> Admission {
    if request.lastEventID == .closed { return .closedForGood }
    switch decide(now: now, { state in admit(request, in: &state, now: now) }) {
    case .refused(let admission): return admission
    case .admitted(let entry, let options):
      return .opened(
        Admission.Opening(
          stream: entry.stream, preamble: preamble(for: request, entry: entry, options: options, now: now),
          replay: entry.replay.outcome, replaced: entry.replaced))
    }
  }

  /// What `createConnection` would refuse, without opening anything; nil where it would open a stream.
  package func refusal(of request: ConnectionRequest) -> Admission? {
    if request.lastEventID == .closed { return .closedForGood }
    return state.withLock { refusal(ofOneMoreThan: $0.registry.count(of: request.user), in: $0) }
  }

  /// - Parameter connections: how many the user has.
  private func refusal(ofOneMoreThan connections: Int, in state: borrowing State) -> Admission? {
    if state.isDraining { return .draining }
    let isSurplus = connections >= state.options.maxConnectionsPerUser
    if isSurplus, state.options.perUserPolicy == .refuse { return .userLimitReached }
    let room = state.options.maxConnections + (isSurplus ? Self.maxClosingReplaced : 0)
    return state.registry.usedPlaces < room ? nil : .full
  }

  private struct Entry {
    let stream: StreamRef
    let topics: [TopicName]
    let replay: Replay
    /// The newest event's, when the stream was registered.
    let sequence: UInt64
    let replaced: [Departure]
  }

  /// How a client is brought to where the hub is.
  private struct Replay {
    let outcome: ReplayOutcome
    var cursor: ReplayCursor?
    /// Values on their way.
    var snapshot = 0
  }

  private enum Decision {
    case refused(Admission)
    case admitted(Entry, HubOptions)
  }

  private func admit(_ request: ConnectionRequest, in state: inout State, now: Moment) -> Decision {
    // Under the lock that the stream is registered under, so that none slips through while its token is revoked.
    if let verdict = state.revocations.verdict(on: request.user, issuedAt: request.tokenIssuedAt, now: now.wall) {
      return .refused(.tokenRefused(verdict))
    }
    let connections = state.registry.count(of: request.user)
    if let refusal = refusal(ofOneMoreThan: connections, in: state) { return .refused(refusal) }
    let surplus = connections + 1 - state.options.maxConnectionsPerUser
    let replaced = surplus > 0 ? replaceOldest(surplus, of: request.user, in: &state, now: now) : []
    state.forgetIdleTopics()
    guard let stream = state.registry.add(request, connectedAt: now.wall) else { return .refused(.full) }
    _ = state.registry.follow(request.topics, by: stream, .asked)
    if state.standing.count > 0 {
      _ = state.registry.follow(state.standing.topics(of: request.user), by: stream, .standing)
    }
    let replay = replay(request, of: stream, in: &state, now: now)
    state.connects += 1
    state.replays[replay.outcome, default: 0] += 1
    let opening = StreamOpening(
      stream: stream, connection: request.id, socket: request.socket, form: request.form,
      tokenExpiresAt: request.tokenExpiresAt, replay: replay.cursor)
    shard(of: stream).post(.open(opening))
    let entry = Entry(
      stream: stream, topics: state.registry.topicNames(of: stream), replay: replay, sequence: state.sequence,
      replaced: replaced)
    if state.presence.isKept { noteArrival(of: request.user, following: entry.topics, in: &state) }
    return .admitted(entry, state.options)
  }

  private func replaceOldest(
    _ count: Int, of user: UserID, in state: inout State, now: Moment
  ) -> [Departure] {
    var replaced: [Departure] = []
    let frame = SystemEvents.close(.replaced)
    for stream in state.registry.streams(of: .user(user)).prefix(count) {
      if let departure = close(stream, .replaced, with: frame, in: &state, now: now) { replaced.append(departure) }
    }
    return replaced
  }

  private func replay(
    _ request: ConnectionRequest, of stream: StreamRef, in state: inout State, now: Moment
  ) -> Replay {
    switch request.lastEventID {
    case .none where request.fromStart: return list(.start, .everything, of: stream, in: &state, now: now)
    case .none: return list(.none, .values, of: stream, in: &state, now: now)
    case .position(let id) where isHeld(id, in: state):
      guard id.sequence < state.sequence else { return Replay(outcome: .complete) }
      let topics = state.registry.followedNumbers(of: stream)
      let cursor = ReplayCursor(
        topics: topics, position: id.sequence, end: state.sequence, scope: .everything, lostBefore: nil, marksEnd: false
      )
      return Replay(outcome: .complete, cursor: cursor)
    case .closed, .unknown, .position:
      return list(.gap, request.skipsGap ? .values : .everything, of: stream, in: &state, now: now)
    }
  }

  /// Whether everything after a position is still here.
  func isHeld(_ id: EventID, in state: borrowing State) -> Bool {
    id.epoch == epoch && id.sequence <= state.sequence && state.history.isWhole(after: id.sequence)
  }

  /// Values, and of history what it holds, in one list in the order of ids; its end is marked. No cursor where it is
  /// empty.
  private func list(
    _ outcome: ReplayOutcome, _ scope: ReplayCursor.Scope, of stream: StreamRef, in state: inout State, now: Moment
  ) -> Replay {
    var replay = Replay(outcome: outcome)
    state.values.evict(now: now.monotonic, among: &state.registry.topics)
    if scope == .values, state.values.count == 0 { return replay }
    let topics = state.registry.followedNumbers(of: stream)
    replay.snapshot = topics.reduce(state.values.count(of: .everyone)) { $0 + state.values.count(of: $1) }
    let cursor = ReplayCursor(
      topics: topics, position: 0, end: state.sequence, scope: scope,
      lostBefore: scope == .values ? .max : state.history.floor, marksEnd: true)
    let isOwed =
      replay.snapshot > 0
      || scope == .everything
        && state.history.holdsAny(for: cursor, state.values, among: state.registry.topics, now: now.monotonic)
    if isOwed { replay.cursor = cursor }
    return replay
  }

  private func preamble(for request: ConnectionRequest, entry: Entry, options: HubOptions, now: Moment) -> [UInt8] {
    let open = SystemEvents.open(
      connection: request.id, client: request.client, replay: entry.replay.outcome, snapshot: entry.replay.snapshot,
      topics: entry.topics, retry: options.retry, heartbeatInterval: options.heartbeatInterval,
      tokenExpiresAt: request.tokenExpiresAt)
    // Before a replay it is the client's own position, so that a cut there loses nothing; before a list it has none.
    var position: UInt64? = entry.sequence
    if let cursor = entry.replay.cursor { position = cursor.marksEnd ? nil : cursor.position }
    let welcome = SystemEvents.welcome(
      position: position.map { EventID(epoch: epoch, sequence: $0) }, template: options.welcomeMessage,
      user: request.user, connection: request.id, client: request.client, now: now)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(open.count + welcome.count)
    open.append(to: &bytes, as: request.form)
    welcome.append(to: &bytes, as: request.form)
    return bytes
  }

  /// The next frames that a stream's replay owes; asked for by its shard as the socket drains.
  package func nextReplayBatch(_ cursor: ReplayCursor, now: Moment) -> ReplayBatch {
    var batch = state.withLock { state in
      state.history.batch(cursor, state.values, among: state.registry.topics, now: now.monotonic)
    }
    if batch.next == nil, !batch.isTorn, cursor.marksEnd {
      let end = EventID(epoch: epoch, sequence: cursor.end)
      batch.frames.append(SystemEvents.heartbeat(position: end, now: now))
    }
    return batch
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

  /// Wakes the shards that something was queued to since they were last woken.
  package func wakeShards() { decide { _ in } }

  /// The one way in: decide under the lock, wake the shards outside of it.
  func decide<Outcome>(waking: Bool = true, _ body: (inout State) -> Outcome) -> Outcome {
    var toWake = ShardsToWake.none
    let outcome = state.withLock { state in
      defer { if waking { swap(&toWake, &state.toWake) } }
      return body(&state)
    }
    switch toWake {
    case .none: break
    case .one(let index): shards[index].wake()
    case .all: for shard in shards { shard.wake() }
    }
    return outcome
  }

  func shardIndex(of stream: StreamRef) -> Int { stream.shard }

  func shard(of stream: StreamRef) -> any StreamShard { shards[shardIndex(of: stream)] }

  func post(_ instruction: ShardInstruction, toShardOf stream: StreamRef, in state: inout State) {
    let index = shardIndex(of: stream)
    shards[index].post(instruction)
    state.toWake.include(index)
  }

  func postToAll(_ instruction: ShardInstruction, in state: inout State) {
    for shard in shards { shard.post(instruction) }
    state.toWake = .all
  }
}
