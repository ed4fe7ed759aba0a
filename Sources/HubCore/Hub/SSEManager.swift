package import HubProtocol
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
      keys = RecentKeys(limits: options.keyLimits)
    }

    mutating func forgetIdleUsers() {
      registry.users.forgetIdle(events: history.linkCount, oldest: history.firstOrdinal)
    }
  }

  // MARK: - Connections

  /// Admits a client and registers its stream. Position and registration are taken under one lock, so no event falls
  /// between replay and live. Called on the stream's shard, which writes the preamble before it looks into its mailbox.
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
    let replay: ReplayOutcome
    let position: UInt64
    let replaced: [Departure]
  }

  private enum Decision {
    case refused(Admission)
    case admitted(Entry, HubOptions)
  }

  private func admit(_ request: ConnectionRequest, in state: inout State, now: Moment) -> Decision {
    let connections = state.registry.count(of: request.user)
    if let refusal = refusal(ofOneMoreThan: connections, in: state) { return .refused(refusal) }
    let surplus = connections + 1 - state.options.maxConnectionsPerUser
    let replaced = surplus > 0 ? replaceOldest(surplus, of: request.user, in: &state) : []
    state.forgetIdleUsers()
    guard let stream = state.registry.add(request, connectedAt: now.wall) else { return .refused(.full) }
    let (outcome, cursor) = replay(request, in: state)
    state.connects += 1
    state.replays[outcome, default: 0] += 1
    let opening = StreamOpening(
      stream: stream, connection: request.id, socket: request.socket, isChunked: request.isChunked,
      tokenExpiresAt: request.tokenExpiresAt, replay: cursor)
    shard(of: stream).post(.open(opening))
    let position = cursor?.position ?? state.sequence
    return .admitted(
      Entry(stream: stream, replay: outcome, position: position, replaced: replaced), state.options)
  }

  private func replaceOldest(_ count: Int, of user: UserID, in state: inout State) -> [Departure] {
    var replaced: [Departure] = []
    for stream in state.registry.streams(of: user).prefix(count) {
      if let departure = close(stream, .replaced, detail: nil, in: &state) { replaced.append(departure) }
    }
    return replaced
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
    var bytes: [UInt8] = []
    bytes.reserveCapacity(open.count + welcome.count)
    open.append(to: &bytes, isChunked: request.isChunked)
    welcome.append(to: &bytes, isChunked: request.isChunked)
    return bytes
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
