import Glibc
import HubCore
import Logging
import NIOCore
import NIOPosix
import UnixSignals

/// The life of the process between its configuration and its end.
struct Daemon {
  /// Why it cannot start or go on, and the exit code that says so (sysexits.h).
  struct Failure: Error, CustomStringConvertible {
    let description: String
    let exitCode: CInt
    /// What the system said, if it did.
    let errno: CInt?

    init(_ description: String, exitCode: CInt = EX_OSERR, errno: CInt? = nil) {
      self.description = description
      self.exitCode = exitCode
      self.errno = errno
    }
  }

  let settings: Settings
  let isDevelopment: Bool
  let environment: [String: String]
  let log: HubLog
  let logger: Logger
  /// Reads the configuration once more for a reload.
  let loader: SettingsLoader
  private let notifier = ServiceNotifier()

  private var threads: Int { settings.threads ?? System.coreCount }

  /// Serves until it is told to stop, and returns the exit code of the process.
  static func main(_ loaded: SettingsLoader.Loaded, isDevelopment: Bool, loader: SettingsLoader) async -> CInt {
    let settings = loaded.settings
    let environment = loader.surroundings.environment
    let log: HubLog
    do {
      log = try HubLog(target: settings.log.target, level: settings.log.level, environment: environment)
    } catch {
      StandardError.write("pushhubd: the log cannot be written: \(error)")
      return EX_OSERR
    }
    defer { log.end() }
    let logger = log.logger()
    logger.record(.hubStarted, "pushhubd \(Version.current) starts; configuration from \(loaded.sources)")
    let daemon = Daemon(
      settings: settings, isDevelopment: isDevelopment, environment: environment, log: log, logger: logger,
      loader: loader)
    do {
      try await daemon.run()
      return EX_OK
    } catch {
      let failure = error as? Failure ?? Failure("\(error)")
      logger.record(.hubFailed, "\(failure)")
      daemon.notifier.failed(failure.description, errno: failure.errno)
      return failure.exitCode
    }
  }

  /// Says why it does not start: to systemd, and in the journal or on standard error.
  static func refuse(_ lines: [String]) {
    ServiceNotifier().failed(lines.first ?? "the configuration is refused")
    let environment = Surroundings.ofProcess.environment
    guard LogTarget.isJournal(environment: environment),
      let log = try? HubLog(target: .journal, level: .info, environment: environment)  // else as without a journal
    else {
      for line in lines { StandardError.write("pushhubd: \(line)") }
      return
    }
    for line in lines { log.logger().record(.hubFailed, "\(line)") }
    log.end()
  }

  /// Serves until it is told to stop.
  private func run() async throws {
    // Signals first: one that comes while the hub starts is dealt with as soon as it has.
    let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
    let inherited = try activate()
    let descriptors = DescriptorLimit.raise()
    let maxConnections = settings.limits.connections ?? DescriptorLimit.maxConnections(descriptors: descriptors)
    let publishSocket = try inherited.publish == nil ? openPublishSocket() : nil
    defer { publishSocket?.remove() }
    let development = isDevelopment ? try await Development(publishSocket: publishSocket?.path ?? "") : nil
    let hub = try await makeHub(maxConnections: maxConnections, development: development)
    try start(hub, publishers: inherited.publish ?? publishSocket?.descriptor)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let listeners = try await listen(on: inherited.http, group: group, hub: hub)
    let ticker = try Ticker(hub)
    let supervisor = try supervise(hub, group: group, listeners: listeners)
    announce(hub, listeners: listeners, publishSocket: publishSocket, development: development)
    for await signal in signals {
      if signal == .sighup {
        await reconfigure(hub, maxConnections: maxConnections)
      } else {
        logger.record(.hubStopping, "stopping: \(signal)")
        break
      }
    }
    await drain(hub, listeners: listeners)
    supervisor.stop()
    ticker.stop()
    for shard in hub.streams.shards { shard.post(.stop) }
    try await group.shutdownGracefully()
    logger.record(.hubStopped, "stopped")
  }

  // MARK: - Start

  private func activate() throws -> ListeningSockets {
    do throws(SocketActivationError) {
      return try SocketActivation.take()
    } catch {
      throw Failure(error.description, exitCode: SocketActivationError.exitCode)
    }
  }

  private func openPublishSocket() throws -> PublishSocket {
    do throws(PublishSocket.Failure) {
      return try PublishSocket.open(settings.publish, environment: environment)
    } catch {
      throw Failure(error.description)
    }
  }

  private func makeHub(maxConnections: Int, development: Development?) async throws -> Hub {
    let authenticator = try await Authenticator(
      keys: keyFile(settings, development).keys, rules: settings.authenticatorRules)
    let shards = try (0..<threads).map { _ in try Shard() }
    let now = SystemClock.now()
    let epoch = try Epoch.take(wall: now.wall, directory: environment["STATE_DIRECTORY"])
    let manager = SSEManager(
      options: settings.hubOptions(maxConnections: maxConnections), epoch: epoch, shards: shards, now: now)
    let rules = Hub.Rules(
      settings: settings, authenticator: authenticator,
      http: HTTPRules(settings.httpOptions(isDevelopment: isDevelopment)))
    return Hub(rules, manager: manager, shards: shards, logger: logger, development: development)
  }

  private func keyFile(_ settings: Settings, _ development: Development?) async throws -> KeyFile {
    if let development { return try await KeyFile(contents: development.secret) }
    guard let path = settings.auth.keyFile ?? Credential.path(named: Settings.Auth.credential, environment: environment)
    else { throw Failure("no key is configured (auth.key-file)", exitCode: EX_CONFIG) }
    do {
      return try await KeyFile(contents: File.read(path, maxBytes: KeyFile.maxBytes))
    } catch let error as SystemCallError {
      throw Failure("auth.key-file \(path) cannot be read: \(error)", exitCode: EX_CONFIG)
    } catch let error as KeyFileError {
      throw Failure("auth.key-file \(path) \(error)", exitCode: EX_CONFIG)
    }
  }

  private func start(_ hub: Hub, publishers: CInt?) throws {
    let shards = hub.streams.shards
    let turn = Turn()
    let executor = CommandExecutor(
      manager: hub.manager, statuses: { hub.streams.statuses(of: $0, $1) }, version: Version.current,
      isAllowed: { hub.allows($0, to: $1) }, onRefusal: { hub.refused($0, $1) },
      onDepartures: { $0.forEach(hub.departed) })
    let publishing = PublisherTable.Context(
      executor: executor, maxLineBytes: settings.publish.maxLineBytes, maxPublishers: settings.publish.maxPublishers,
      census: hub.publishers, handOver: { shards[turn.next(of: shards.count)].post(.publisher($0)) },
      log: { hub.noticed($0) })
    try hub.streams.start(
      ShardLoop.Context(
        manager: hub.manager, clock: SystemClock.now, limits: settings.streamLimits, onDeparture: { hub.departed($0) },
        publishers: publishing))
    if let publishers { shards[0].post(.publisherListener(publishers)) }
  }

  private func listen(on inherited: [CInt], group: any EventLoopGroup, hub: Hub) async throws -> [HTTPListener] {
    let api = API(hub: hub)
    var listeners: [HTTPListener] = []
    for descriptor in inherited {
      listeners.append(try await HTTPListener.start(at: .descriptor(descriptor), on: group, api: api, log: logger))
    }
    guard inherited.isEmpty else { return listeners }
    for address in settings.http.listen {
      do {
        let place = try SocketAddress.makeAddressResolvingHost(address.host, port: address.port)
        listeners.append(try await HTTPListener.start(at: .address(place), on: group, api: api, log: logger))
      } catch {
        let errno = (error as? IOError)?.errnoCode
        throw Failure(
          "cannot listen on \(address.host):\(address.port) (http.listen): \(errno.map(systemError) ?? "\(error)")",
          errno: errno)
      }
    }
    return listeners
  }

  private func supervise(_ hub: Hub, group: MultiThreadedEventLoopGroup, listeners: [HTTPListener]) throws
    -> ServiceSupervisor
  {
    let shards = hub.streams.shards.enumerated().map { ShardProbe($1, name: "shard \($0)") as any WatchdogProbe }
    let loops = group.makeIterator().enumerated().map {
      EventLoopProbe($1, name: "HTTP loop \($0)") as any WatchdogProbe
    }
    let supervisor = ServiceSupervisor(
      notifier: notifier, probes: shards + loops + [TaskPoolProbe()],
      addresses: listeners.compactMap(\.place), logger: logger
    ) {
      let counts = hub.manager.counts()
      return ServiceFigures(
        connections: counts.connections, users: counts.users, eventsPublished: counts.eventsPublished)
    }
    notifier.send(.ready)
    try supervisor.start()
    return supervisor
  }

  private func announce(
    _ hub: Hub, listeners: [HTTPListener], publishSocket: PublishSocket?, development: Development?
  ) {
    for listener in listeners { logger.info("listening on \(listener.place ?? "an inherited socket")") }
    if let publishSocket { logger.info("publishers connect to \(publishSocket.path)") }
    logger.record(.hubReady, "ready")
    guard let development, let base = listeners.first?.place else { return }
    print(development.introduction(base: base, basePath: settings.http.basePath, now: hub.now()))
    fflush(nil)  // whoever reads it through a pipe waits for it
  }

  // MARK: - Reload and end

  /// Takes over what may change while the hub runs. Where anything is wrong, nothing changes.
  private func reconfigure(_ hub: Hub, maxConnections: Int) async {
    notifier.reloading()
    defer { notifier.send(.ready) }
    do {
      let loaded = try loader.load().settings
      let keys = try await keyFile(loaded, hub.development)
      let before = hub.rules.settings
      let changes = loaded.changes(from: before)
      let settings = loaded.live(over: before)
      hub.update(
        Hub.Rules(
          settings: settings,
          authenticator: Authenticator(keys: keys.keys, rules: settings.authenticatorRules),
          http: HTTPRules(settings.httpOptions(isDevelopment: isDevelopment))),
        maxConnections: settings.limits.connections ?? maxConnections)
      log.level = settings.log.level
      report(changes, keys)
    } catch {
      let reasons = (error as? SettingsErrors)?.lines ?? ["\(error)"]
      logger.record(
        .configurationRefused,
        "the configuration is not taken over, and nothing changes: \(reasons.joined(separator: "; "))")
    }
  }

  private func report(_ changes: SettingsChanges, _ keys: KeyFile) {
    let live = changes.live.isEmpty ? "no setting changed" : changes.live.joined(separator: "; ")
    logger.record(.configurationReloaded, "configuration reloaded: \(live); tokens are checked with \(keys.summary)")
    guard !changes.needsRestart.isEmpty else { return }
    logger.warning("needs a restart: \(changes.needsRestart.joined(separator: "; "))")
  }

  /// Stops accepting, flushes what waits, ends the streams, all within the grace time.
  private func drain(_ hub: Hub, listeners: [HTTPListener]) async {
    let grace = hub.rules.settings.shutdown.grace
    notifier.send(.stopping, .extendTimeout(.milliseconds(grace + 5000)))
    let end = ContinuousClock.now + .milliseconds(grace)
    for listener in listeners { await listener.stopAccepting() }
    hub.streams.shards[0].post(.stopListening)
    hub.startDraining()
    // A thousand clients a second come back to whoever takes over.
    let spread = min(30_000, max(1000, Int64(hub.manager.counts().connections)))
    hub.manager.closeAll(reason: .shutdown, spread: spread).forEach(hub.departed)
    await withTaskGroup { tasks in
      for listener in listeners { tasks.addTask { await listener.finishRequests(within: grace) } }
      while hub.manager.counts().usedPlaces > 0, ContinuousClock.now < end {
        try? await Task.sleep(for: .milliseconds(10))  // it is cancelled only when the process ends
      }
    }
  }
}
