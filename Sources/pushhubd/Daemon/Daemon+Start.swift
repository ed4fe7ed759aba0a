import Glibc
import HubCore
import Logging
import NIOCore
import NIOPosix

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
    let rules = Hub.Rules(
      settings: settings, authenticator: authenticator,
      http: HTTPRules(settings.httpOptions(isDevelopment: isDevelopment, maxConnections: maxConnections)))
    return Hub(rules, manager: manager, shards: shards, logger: logger, development: development) { [log] in
      log.queue.dropped
    }
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

  func start(_ hub: Hub, publishers: CInt?) throws {
    let shards = hub.streams.shards
    let executor = CommandExecutor(
      manager: hub.manager, maxUsers: settings.publish.maxUsers, statuses: { hub.streams.statuses(of: $0, $1) },
      statistics: { hub.statisticsJSON(now: $0) }, rights: { hub.publishRights }, onRefusal: { hub.refused($0, $1) },
      onDepartures: { $0.forEach(hub.departed) })
    let publishing = PublisherTable.Context(
      executor: executor, maxLineBytes: settings.publish.maxLineBytes, places: hub.publishers,
      post: { shards[$1].post($0) }, log: { hub.noticed($0) },
      onListenerFailure: { reason in
        if !hub.isDraining { end(because: "the publishers' listening socket failed: \(reason)") }
      })
    try hub.streams.start(
      ShardLoop.Context(
        manager: hub.manager, clock: SystemClock.now, limits: settings.streamLimits, onDeparture: { hub.departed($0) },
        publishers: publishing))
    if let publishers { shards[0].post(.publisherListener(publishers)) }
  }

  func listen(on inherited: [CInt], group: any EventLoopGroup, hub: Hub) throws -> [HTTPListener] {
    let api = API(hub: hub)
    var listeners: [HTTPListener] = []
    for descriptor in inherited {
      try checkReach(of: SocketName.local(descriptor), passed: true)
      listeners.append(try HTTPListener.start(at: .descriptor(descriptor), on: group, api: api, log: logger))
    }
    guard inherited.isEmpty else { return listeners }
    // Beside an installed hub, say.
    let mayMove = isDevelopment && settings.http.listen == Settings.HTTP().listen
    for address in settings.http.listen {
      func listener(port: Int) throws -> HTTPListener {
        let place = try SocketAddress.makeAddressResolvingHost(address.host, port: port)
        try checkReach(of: place, passed: false)
        return try HTTPListener.start(at: .address(place), on: group, api: api, log: logger)
      }
      do {
        listeners.append(try listener(port: address.port))
      } catch let failure as Failure {
        throw failure
      } catch let error as SystemCallError where error.number == EADDRINUSE && mayMove {
        listeners.append(try listener(port: 0))
      } catch {
        let errno = (error as? SystemCallError)?.number
        throw Failure(
          "cannot listen on \(address.host):\(address.port) (http.listen): \(errno.map(systemError) ?? "\(error)")",
          errno: errno)
      }
    }
    return listeners
  }

  /// A hub for development gives tokens to whoever asks, so it listens where nobody else can.
  private func checkReach(of address: SocketAddress?, passed: Bool) throws(Failure) {
    guard isDevelopment, !RemoteAddress(address).isLoopback else { return }
    let place = "\(RemoteAddress(address))"
    throw Failure(
      passed
        ? "the service manager passed a socket at \(place), which can be reached from outside, and --dev is for this host "
          + "alone: set ListenStream= to a loopback address, such as 127.0.0.1:8888"
        : "\(place) can be reached from outside, and --dev is for this host alone: listen on 127.0.0.1:8888 (http.listen)",
      exitCode: EX_CONFIG)
  }

  func supervise(
    _ hub: Hub, group: MultiThreadedEventLoopGroup, listeners: [HTTPListener], publishSocket: PublishSocketWatch?
  ) throws -> ServiceSupervisor {
    let shards = hub.streams.shards.enumerated().map { index, shard in
      LoopProbe(name: "shard \(index)") { shard.post(.ping($0)) } as any WatchdogProbe
    }
    let acceptors = listeners.flatMap(\.acceptors).enumerated().map { index, acceptor in
      LoopProbe(name: "acceptor \(index)") { acceptor.post(.ping($0)) } as any WatchdogProbe
    }
    let loops = group.makeIterator().enumerated().map {
      EventLoopProbe($1, name: "HTTP loop \($0)") as any WatchdogProbe
    }
    for (index, probe) in shards.enumerated() { hub.lag.watch(probe, as: "shard-\(index)") }
    for (index, probe) in acceptors.enumerated() { hub.lag.watch(probe, as: "accept-\(index)") }
    for (index, probe) in loops.enumerated() { hub.lag.watch(probe, as: "http-\(index)") }
    let supervisor = ServiceSupervisor(
      notifier: notifier, probes: shards + acceptors + loops + [TaskPoolProbe()],
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
