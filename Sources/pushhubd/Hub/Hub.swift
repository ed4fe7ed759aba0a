import HubCore
import HubProtocol
import Logging
import Runtime
import Synchronization

/// The hub while it runs: what its shards, its HTTP side, its publishers and its operator share.
final class Hub: Sendable {
  let manager: SSEManager
  let shards: [Shard]
  let publishers: PublisherPlaces
  let places = HTTPPlaces()
  let rates = Mutex(RateLimiter(requestsPerSecond: 0))
  let counters = Counters()
  let lag: LoopLag
  let log: HubLog
  let logger: Logger
  let notifier: ServiceNotifier
  /// What a restart must not forget; nil where there is no state directory.
  let store: StateStore?
  /// Whether publishers still find their socket; nil where it has no file.
  let publishSocket: PublishSocketWatch?
  /// Makes tokens where the hub runs for development.
  let development: Development?
  /// Milliseconds since 1970.
  let startedAt = SystemClock.now().wall
  /// The descriptors from this one on are for publishers and requests, not for streams.
  let endOfStreams = DescriptorLimit.endOfStreams
  private let background = BackgroundThread()
  /// Whether it is being seen if what was kept can be read now.
  private let looksForState = Atomic(false)
  private let current: Mutex<Rules>
  private let draining = Atomic(false)
  private let random = Mutex(RandomPool())

  init(
    _ rules: Rules, epoch: UInt64, shards: [Shard], log: HubLog, notifier: ServiceNotifier = ServiceNotifier(),
    store: StateStore? = nil, publishSocket: PublishSocketWatch? = nil, development: Development? = nil,
    now: Moment = SystemClock.now()
  ) {
    manager = SSEManager(options: HubOptions(rules), epoch: epoch, shards: shards, now: now)
    self.shards = shards
    publishers = PublisherPlaces(rules.settings.publish, shardCount: shards.count)
    lag = LoopLag(of: shards)
    self.log = log
    logger = log.logger()
    self.notifier = notifier
    self.store = store
    self.publishSocket = publishSocket
    self.development = development
    current = Mutex(rules)
  }

  /// Starts the threads: one for each shard, and one for what takes too long for a loop.
  func start() throws(SystemCallError) {
    try background.start()
    for (index, shard) in shards.enumerated() {
      try LoopThread.start(named: "shard-\(index)") { ShardLoop(shard, index: index, hub: self).run() }
    }
  }

  // MARK: - What the operator says

  /// What holds now. Asked for anew by each request and command, so that all obey a reload.
  var rules: Rules { current.withLock { $0 } }

  /// Takes over what may change while the hub runs.
  func update(_ rules: Rules) {
    current.withLock { $0 = rules }
    manager.update(HubOptions(rules), now: SystemClock.now())
    for shard in shards { shard.post(.rulesChanged) }
  }

  /// From now on nothing is accepted.
  func startDraining() {
    draining.store(true, ordering: .relaxed)
    manager.startDraining()
  }

  var isDraining: Bool { draining.load(ordering: .relaxed) }

  // MARK: - What is asked

  /// An id that nobody can guess.
  func randomConnectionID() -> ConnectionID {
    let (high, low) = random.withLock { $0.next() }
    return ConnectionID(high: high, low: low)
  }

  /// Has it found out, and who asks told of it.
  func answer(_ question: Question, to asker: Asker) {
    switch question {
    case .connections(let topic, let connection):
      let connections = manager.connections(of: topic).filter { connection == nil || $0.status.id == connection }
      ConnectionSurvey(of: topic, connections, epoch: manager.epoch, for: asker).start(on: shards)
    // The others not on a loop, as they read or write files.
    case .standing(let change):
      background.run { [self] in asker.tell(.standing(perform(change))) }
    case .revocation(let change):
      background.run { [self] in asker.tell(.revocation(perform(change))) }
    case .metrics:
      background.run { [self] in
        asker.tell(.metrics(figures(now: SystemClock.now(), listsUsers: false).metricsText))
      }
    }
  }

  /// Changes what users are given, one change after another: on disk first, then in force.
  private func perform(_ change: StandingChange) -> Result<Subscription, StateFailure> {
    kept { () throws(Database.Failure) in
      switch change.kind {
      case .give(let duration):
        if let refusal = manager.refusal(of: change.topics, for: change.user) { return refusal }
        let wall = SystemClock.now().wall
        let expiresAt = duration.map { wall + $0.components.seconds * 1000 }
        let topics = change.topics.map { StandingTopic(user: change.user, topic: $0, expiresAt: expiresAt) }
        try store?.add(topics, now: wall)
        return manager.subscribe(topics, now: SystemClock.now())
      case .takeBack:
        try store?.remove(change.topics, from: change.user)
        return manager.unsubscribe(change.user, from: change.topics, now: SystemClock.now())
      }
    }
  }

  /// Takes rights from a user, or gives them back, in the same way.
  private func perform(_ change: RevocationChange) -> Result<RevocationOutcome, StateFailure> {
    kept { () throws(Database.Failure) in
      let now = SystemClock.now()
      guard let revocation = manager.revocation(of: change.user, after: change.step, now: now) else { return .tooMany }
      try store?.keep(revocation, now: now.wall)
      let departures = manager.enforce(revocation, detail: change.reason, now: now)
      happened(.revocation(change, revocation, closed: departures.count))
      for departure in departures { happened(.streamClosed(departure)) }
      return .inForce(closed: departures.count)
    }
  }

  /// Where what was kept could not be read at the start, sees whether it can be now.
  func checkState() {
    guard let store, !store.isOpen, !looksForState.exchange(true, ordering: .relaxed) else { return }
    background.run { [self] in
      // Why it cannot was told at the start, and is to whoever wants a change.
      try? openState()
      looksForState.store(false, ordering: .relaxed)
    }
  }

  private func openState() throws(Database.Failure) {
    guard let late = try store?.open(now: SystemClock.now().wall) else { return }
    restore(late)
    logger.record(.stateKeptAgain, "the state can be kept again\(late.problem.map { ": \($0)" } ?? "")")
  }

  /// Has what is kept changed.
  private func kept<Outcome>(
    _ change: () throws(Database.Failure) -> Outcome
  ) -> Result<Outcome, StateFailure> {
    do throws(Database.Failure) {
      try openState()
      return .success(try change())
    } catch {
      happened(.stateNotKept(error.description))
      return .failure(StateFailure(reason: error.description))
    }
  }

  /// Has in force again what was kept.
  func restore(_ contents: StateStore.Contents) {
    let now = SystemClock.now()
    _ = manager.subscribe(contents.standingTopics, now: now)
    for revocation in contents.revocations {
      for departure in manager.enforce(revocation, now: now) { happened(.streamClosed(departure)) }
    }
  }

  func statisticsJSON(now: Moment) -> [UInt8] { figures(now: now, listsUsers: true).json }

  // MARK: - The publishers' socket

  /// Sees whether publishers still find it, and listens on another where it had to be made anew.
  ///
  /// - Parameter now: milliseconds of the monotonic clock.
  func checkPublishSocket(now: Int64) {
    guard let publishSocket, !isDraining, let finding = publishSocket.look(now: now) else { return }
    if case .reopened(let descriptor) = finding { shards[0].post(.publisherListener(descriptor)) }
    happened(.publishSocket(finding, path: publishSocket.path))
  }
}
