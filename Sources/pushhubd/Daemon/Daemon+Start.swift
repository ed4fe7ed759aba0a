import Glibc
import HubCore
import Logging

/// How it comes up: sockets, keys, shards, listeners, supervision.
extension Daemon {
  func activate() throws -> ListeningSockets {
    if let problem = SocketActivation.passedToAnother(environment) { logger.warning("\(problem)") }
    do throws(SocketActivationError) {
      return try SocketActivation.take()
    } catch {
      throw Failure(error.description, exitCode: SocketActivationError.exitCode)
    }
  }

  func openPublishSocket() throws -> PublishSocket {
    do throws(PublishSocket.Failure) {
      return try PublishSocket.open(settings.publish, environment: environment, isDevelopment: isDevelopment)
    } catch {
      throw Failure(error.description)
    }
  }

  func makeHub(maxConnections: Int, development: Development?) throws -> Hub {
    let keys = try keyFile(settings, development)
    logger.info("tokens are checked with \(keys.summary)")
    reportUnusable(keys)
    let authenticator = Authenticator(keys: keys.keys, rules: settings.authenticatorRules)
    let shards = try (0..<threads).map { _ in try Shard() }
    let now = SystemClock.now()
    let (epoch, problem) = Epoch.take(wall: now.wall, directories: environment["STATE_DIRECTORY"])
    if let problem {
      logger.record(
        .stateNotKept,
        "the state directory fails (\(problem)): event ids stay unique only as long as the clock is not set back"
      )
    }
    let manager = SSEManager(
      options: settings.hubOptions(maxConnections: maxConnections), epoch: epoch, shards: shards, now: now)
    let store = openStore()
    if let store { _ = manager.subscribe(try store.standingTopics(now: now.wall)) }
    let rules = Hub.Rules(
      settings: settings, authenticator: authenticator,
      http: HTTPRules(settings.httpOptions(isDevelopment: isDevelopment, maxConnections: maxConnections)))
    return Hub(
      rules, manager: manager, shards: shards, background: try BackgroundThread(), store: store, logger: logger,
      development: development
    ) { [log] in
      log.queue.dropped
    }
  }

  /// What publishers decided before the last restart; nil where nothing is kept.
  private func openStore() -> StateStore? {
    // Where there are several, the epoch is in the first, too.
    guard let directory = environment["STATE_DIRECTORY"]?.split(separator: ":").first else { return nil }
    let (store, problem) = StateStore.open(in: String(directory))
    if let problem { logger.record(.stateNotKept, "the state directory fails (\(problem))") }
    return store
  }

  /// - Parameter keys: those that it is to replace.
  func keyFile(_ settings: Settings, _ development: Development?, replacing keys: KeyRing? = nil) throws
    -> KeyFile
  {
    if let development { return try KeyFile(contents: development.secret, type: .secret) }
    guard let path = settings.auth.keyFile ?? Credential.path(named: Settings.Auth.credential, environment: environment)
    else { throw Failure("no key is configured (auth.key-file)", exitCode: EX_CONFIG) }
    do {
      let contents = try File.read(path, maxBytes: KeyFile.maxBytes)
      if settings.auth.keyFile == nil, contents.elementsEqual(Settings.Auth.missingCredential.utf8) {
        throw Failure(SettingsError.noCredential, exitCode: EX_CONFIG)
      }
      let file = try KeyFile(contents: contents, type: settings.auth.keyType)
      if let keys { try file.requireNoSecret(inPlaceOf: keys) }
      return file
    } catch let error as SystemCallError {
      throw Failure("auth.key-file \(path) cannot be read: \(error)", exitCode: EX_CONFIG)
    } catch let error as KeyFileError {
      throw Failure("auth.key-file \(path) \(error)", exitCode: EX_CONFIG)
    }
  }

  func start(_ hub: Hub, publishers: CInt?, listeners: [HTTPListener]) throws {
    let shards = hub.streams.shards
    let executor = CommandExecutor(
      manager: hub.manager, maxUsers: settings.publish.maxUsers, statuses: { hub.streams.statuses(of: $0, $1) },
      standing: { hub.change($0, $1) },
      statistics: { hub.statisticsJSON(now: $0) }, rights: { hub.publishRights }, onRefusal: { hub.refused($0, $1) },
      onDepartures: { $0.forEach(hub.departed) })
    let publishing = PublisherTable.Context(
      executor: executor, maxLineBytes: settings.publish.maxLineBytes, places: hub.publishers,
      post: { shards[$1].post($0) }, log: { hub.noticed($0) },
      onListenerFailure: { reason in
        if !hub.isDraining { end(because: "the publishers' listening socket failed: \(reason)") }
      })
    let http = HTTPTable.Context(
      api: API(hub: hub), places: hub.places, endOfStreams: DescriptorLimit.endOfStreams, shards: shards,
      log: { hub.noticed($0) },
      onListenerFailure: { reason in
        if !hub.isDraining { end(because: "a listening HTTP socket failed: \(reason)") }
      })
    try hub.streams.start(
      ShardLoop.Context(
        manager: hub.manager, clock: SystemClock.now, limits: settings.streamLimits, onDeparture: { hub.departed($0) },
        publishers: publishing, http: http))
    if let publishers { shards[0].post(.publisherListener(publishers)) }
    for shard in shards { shard.post(.httpListeners(listeners)) }
  }

  /// Those that were passed to the process, or else those that are configured.
  func listen(on inherited: [CInt]) throws -> [HTTPListener] {
    let descriptors = inherited.isEmpty ? try settings.http.listen.map(openListener) : inherited
    return try descriptors.map { descriptor in
      let listener = HTTPListener(descriptor)
      try checkReach(of: listener, passed: !inherited.isEmpty)
      ListeningSocket.configure(descriptor, userTimeout: settings.stream.connectionTimeout)
      return listener
    }
  }

  private func openListener(at address: ListenAddress) throws -> CInt {
    // Beside an installed hub, say.
    let mayMove = isDevelopment && settings.http.listen == Settings.HTTP().listen
    do throws(ListeningSocket.Failure) {
      do throws(ListeningSocket.Failure) {
        return try ListeningSocket.open(host: address.host, port: address.port)
      } catch {
        guard error.errno == EADDRINUSE, mayMove else { throw error }
        return try ListeningSocket.open(host: address.host, port: 0)
      }
    } catch {
      throw Failure(
        "cannot listen on \(address.host):\(address.port) (http.listen): \(error.reason)", errno: error.errno)
    }
  }

  /// A hub for development gives tokens to whoever asks, so it listens where nobody else can.
  private func checkReach(of listener: HTTPListener, passed: Bool) throws(Failure) {
    guard isDevelopment, !listener.isLoopback else { return }
    let place = listener.address?.authority ?? "unknown"
    throw Failure(
      passed
        ? "the service manager passed a socket at \(place), which can be reached from outside, and --dev is for this host "
          + "alone: set ListenStream= to a loopback address, such as 127.0.0.1:8888"
        : "\(place) can be reached from outside, and --dev is for this host alone: listen on 127.0.0.1:8888 (http.listen)",
      exitCode: EX_CONFIG)
  }

  func supervise(
    _ hub: Hub, listeners: [HTTPListener], publishSocket: PublishSocketWatch?
  ) throws -> ServiceSupervisor {
    let shards = hub.streams.shards.enumerated().map { index, shard in
      LoopProbe(name: "shard \(index)") { shard.post(.ping($0)) } as any WatchdogProbe
    }
    for (index, probe) in shards.enumerated() { hub.lag.watch(probe, as: "shard-\(index)") }
    let supervisor = ServiceSupervisor(
      notifier: notifier, probes: shards,
      addresses: listeners.compactMap(\.place), logger: logger
    ) {
      let counts = hub.manager.counts()
      return ServiceFigures(
        connections: counts.connections, users: counts.users, eventsPublished: counts.eventsPublished,
        problem: publishSocket?.problem)
    }
    notifier.send(.ready)
    try supervisor.start()
    return supervisor
  }

  func announce(
    _ hub: Hub, listeners: [HTTPListener], publishSocket: PublishSocketWatch?, development: Development?
  ) {
    for listener in listeners { logger.info("listening on \(listener.place ?? "an inherited socket")") }
    if let publishSocket { logger.info("publishers connect to \(publishSocket.path)") }
    logger.record(.hubReady, "ready")
    guard let development, let base = listeners.first?.place else { return }
    print(development.introduction(base: base, basePath: settings.http.basePath, now: hub.now()))
    fflush(nil)  // whoever reads it through a pipe waits for it
  }
}
