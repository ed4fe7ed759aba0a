import HubCore
import HubProtocol
import Logging
import Synchronization

/// The hub while it runs: what its HTTP side, its publishers and its operator share.
final class Hub: Sendable {
  /// What a reload replaces, as a whole.
  struct Rules: Sendable {
    var settings: Settings
    var authenticator: Authenticator
    var http: HTTPRules
  }

  let manager: SSEManager
  let streams: Streams
  let publishers: PublisherPlaces
  let places = HTTPPlaces()
  let background: BackgroundThread
  /// What a restart must not forget; nil where there is no state directory, or it cannot be used.
  let store: StateStore?
  let counters = Counters()
  let lag = LoopLag { SystemClock.now().nanoseconds }
  /// Log entries that were dropped.
  let droppedLogEntries: @Sendable () -> UInt64
  /// Milliseconds since 1970.
  let startedAt = SystemClock.now().wall
  let logger: Logger
  /// Makes tokens where the hub runs for development.
  let development: Development?
  private let current: Mutex<Rules>
  private let draining = Atomic(false)
  private let random = Mutex(RandomPool())
  /// Every publisher may do everything: the rules need not be looked at.
  private let isUnrestricted: Atomic<Bool>

  init(
    _ rules: Rules, manager: SSEManager, shards: [Shard], background: BackgroundThread, store: StateStore?,
    logger: Logger,
    development: Development?, droppedLogEntries: @escaping @Sendable () -> UInt64
  ) {
    self.background = background
    self.store = store
    self.manager = manager
    streams = Streams(shards: shards, manager: manager)
    let publish = rules.settings.publish
    publishers = PublisherPlaces(
      limits: PublisherPlaces.Limits(places: publish.maxPublishers, placesPerUser: publish.maxPublishersPerUser),
      shardCount: shards.count)
    self.logger = logger
    self.development = development
    self.droppedLogEntries = droppedLogEntries
    current = Mutex(rules)
    isUnrestricted = Atomic(rules.settings.publish.allow.isUnrestricted)
  }

  var rules: Rules { current.withLock { $0 } }

  /// Takes over what may change while the hub runs.
  func update(_ rules: Rules, maxConnections: Int) {
    current.withLock { $0 = rules }
    isUnrestricted.store(rules.settings.publish.allow.isUnrestricted, ordering: .relaxed)
    manager.update(rules.settings.hubOptions(maxConnections: maxConnections), now: now())
    streams.update(rules.settings.streamLimits)
  }

  /// From now on nothing is accepted.
  func startDraining() {
    draining.store(true, ordering: .relaxed)
    manager.startDraining()
  }

  /// What `publish.allow` says; nil where every publisher may do everything.
  var publishRights: PublishRights? {
    isUnrestricted.load(ordering: .relaxed) ? nil : rules.settings.publish.allow
  }

  /// Changes what users are given, one change after another: on disk first, then in force, then answered.
  func change(
    _ change: StandingChange, _ answer: @escaping @Sendable (Result<Subscription, StandingFailure>) -> Void
  ) {
    background.run { [self] in
      do throws(Database.Failure) {
        answer(.success(try perform(change)))
      } catch {
        logger.record(.stateNotKept, "the state cannot be kept: \(error)")
        answer(.failure(StandingFailure(reason: error.description)))
      }
    }
  }

  private func perform(_ change: StandingChange) throws(Database.Failure) -> Subscription {
    switch change.kind {
    case .give(let duration):
      if let refusal = manager.refusal(of: change.topics, for: change.user) { return refusal }
      let wall = now().wall
      let expiresAt = duration.map { wall + $0.components.seconds * 1000 }
      let topics = change.topics.map { StandingTopic(user: change.user, topic: $0, expiresAt: expiresAt) }
      try store?.add(topics, now: wall)
      return manager.subscribe(topics)
    case .takeBack:
      try store?.remove(change.topics, from: change.user)
      return manager.unsubscribe(change.user, from: change.topics)
    }
  }

  // MARK: - For the log

  func departed(_ departure: Departure) {
    let kind: LogEntryKind = departure.reason == .slowConsumer ? .slowConsumer : .connectionClosed
    logger.record(kind, "connection closed: \(departure.reason.rawValue)", fields(departure))
  }

  func refused(_ error: CommandError, _ publisher: Publisher) {
    counters.commandErrors.add(error.code)
    // Not the message: it quotes the line, and that may be anything.
    let kind: LogEntryKind = error.code == .forbidden ? .commandForbidden : .commandRefused
    logger.record(kind, "command refused: \(error.code.rawValue)", fields(publisher, reason: error.code.rawValue))
  }

  func noticed(_ notice: PublisherTable.Notice) {
    switch notice {
    case .connected(let publisher):
      counters.publisherConnects.add()
      logger.record(.publisherConnected, "publisher connected", fields(publisher))
    case .disconnected(let publisher):
      logger.record(.publisherDisconnected, "publisher disconnected", fields(publisher))
    case .tooMany(let publisher):
      counters.commandErrors.add(.overloaded)
      logger.record(.publisherRefused, "publisher refused: as many as allowed are connected", fields(publisher))
    case .gaveWay(let publisher):
      logger.record(.publisherGaveWay, "publisher silent for longest gives way to another", fields(publisher))
    case .outOfDescriptors:
      logger.record(.descriptorLimitReached, "no descriptor left to accept a publisher with; trying again")
    case .descriptorsBack:
      logger.record(.descriptorLimitRecovered, "publishers are accepted again")
    }
  }

  func noticed(_ notice: HTTPTable.Notice) {
    switch notice {
    case .outOfDescriptors(let number):
      logger.record(
        .descriptorLimitReached, "cannot accept HTTP connections: \(systemError(number)); trying again")
    case .descriptorsBack:
      logger.record(.descriptorLimitRecovered, "HTTP connections are accepted again")
    }
  }

  /// - Parameter now: milliseconds of the monotonic clock.
  func look(at publishSocket: PublishSocketWatch, now: Int64) {
    guard !isDraining, let finding = publishSocket.look(now: now) else { return }
    let path = publishSocket.path
    switch finding {
    case .gone(let obstacle?):
      logger.record(.publishSocketGone, "publishers cannot connect: \(path) is gone; to be made anew, but \(obstacle)")
    case .gone(nil):
      logger.record(
        .publishSocketGone,
        """
        publishers cannot connect: \(path) is gone, which was passed to the hub, so that it cannot make it anew: \
        stop the hub together with the socket's unit, and start it again
        """)
    case .reopened(let descriptor):
      streams.shards[0].post(.publisherListener(descriptor))
      logger.record(.publishSocketBack, "the publishers' socket \(path) was gone and is made anew")
    case .back: logger.record(.publishSocketBack, "the publishers' socket \(path) is there again")
    }
  }

  private func fields(_ publisher: Publisher, reason: String? = nil) -> LogValues {
    var fields: LogValues = [
      .publisherPID: "\(publisher.pid)", .publisherUID: "\(publisher.uid)", .publisherGID: "\(publisher.gid)",
    ]
    fields[.reason] = reason
    return fields
  }

  private func fields(_ departure: Departure) -> LogValues {
    var fields: LogValues = [
      .user: departure.user.text, .connection: departure.connection.description,
      .reason: departure.reason.rawValue,
    ]
    fields[.client] = departure.client?.text
    return fields
  }
}

// MARK: -

extension Hub: HTTPHub {
  var httpRules: HTTPRules { current.withLock { $0.http } }
  var isDraining: Bool { draining.load(ordering: .relaxed) }
  func now() -> Moment { SystemClock.now() }

  func randomConnectionID() -> ConnectionID {
    let (high, low) = random.withLock { $0.next() }
    return ConnectionID(high: high, low: low)
  }

  func authenticate(_ token: Substring, now: Moment) throws(TokenRefusal) -> Principal {
    let authenticator = current.withLock { $0.authenticator }
    do throws(TokenRefusal) {
      return try authenticator.authenticate(token, now: now.wall)
    } catch {
      counters.tokenRefusals.add(error)
      logger.record(.tokenRefused, "token refused: \(error.errorDescription)", [.reason: error.label])
      throw error
    }
  }

  func answer(_ question: API.Question, _ answer: @escaping @Sendable (Answer) -> Void) {
    switch question {
    case .connections(let topic):
      streams.statuses(of: topic) { answer(.json(ConnectionStatus.json($0, of: topic))) }
    case .metrics:
      // Not on a loop: it reads files of /proc.
      background.run { [self] in
        let text = figures(now: now(), listsUsers: false).metricsText
        answer(Answer(.ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: text))
      }
    }
  }

  func statisticsJSON(now: Moment) -> [UInt8] { figures(now: now, listsUsers: true).json }

  func answered(_ status: Status, _ problem: ProblemCode?) {
    counters.httpAnswers.add(status)
    if let problem { counters.httpRefusals.add(problem) }
  }

  func demoSessionJSON(for user: UserID) -> [UInt8]? {
    development?.session(for: user, basePath: httpRules.options.basePath, now: now())
  }

  func originRefused(_ origin: String) {
    logger.record(.originRefused, "an origin is refused that is not in http.allowed-origins", [.origin: origin])
  }

  func streamOpened(_ request: ConnectionRequest, replaced: [Departure]) {
    logger.record(
      .connectionOpened, "connection opened from \(request.remoteAddress.description)", fields(request))
    replaced.forEach(departed)
  }

  func streamRefused(_ request: ConnectionRequest, reason: String) {
    logger.record(.connectionRefused, "connection refused: \(reason)", fields(request, refused: reason))
  }

  private func fields(_ request: ConnectionRequest, refused reason: String? = nil) -> LogValues {
    var fields: LogValues = [.user: request.user.text]
    fields[.connection] = reason == nil ? request.id.description : nil
    fields[.reason] = reason
    fields[.client] = request.client?.text
    return fields
  }

  func streamsClosed(_ departures: [Departure]) { departures.forEach(departed) }
}
