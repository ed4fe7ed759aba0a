import Glibc
import HubCore
import Logging
import Runtime

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

  func makeHub(
    automaticMaximum: Int, publishSocket: PublishSocketWatch?, development: Development?
  ) throws -> Hub {
    let keys = try keyFile(settings, development)
    logger.info("tokens are checked with \(keys.summary)")
    reportUnusable(keys)
    let shards = try (0..<threads).map { _ in try Shard() }
    let now = SystemClock.now()
    let (epoch, store, contents) = takeState(wall: now.wall)
    let rules = Rules(
      settings, keys: keys.keys, automaticMaximum: automaticMaximum, isDevelopment: isDevelopment)
    let hub = Hub(
      rules, epoch: epoch, shards: shards, log: log, notifier: notifier, store: store, publishSocket: publishSocket,
      development: development, now: now)
    if let contents { hub.restore(contents) }
    return hub
  }

  /// The epoch of this start, and what publishers decided before. Where the state directory fails the hub serves all the
  /// same, and says so once.
  private func takeState(wall: Int64) -> (epoch: UInt64, store: StateStore?, contents: StateStore.Contents?) {
    let directories = environment["STATE_DIRECTORY"]
    let (epoch, problem) = Epoch.take(wall: wall, directories: directories)
    var problems: [String] = []
    if let problem {
      problems.append("\(problem): event ids stay unique only as long as the clock is not set back")
    }
    let store = directories.flatMap { StateStore(inOneOf: $0.split(separator: ":").map(String.init)) }
    var contents: StateStore.Contents?
    do throws(Database.Failure) {
      contents = try store?.open(now: wall)
      if let problem = contents?.problem { problems.append(problem) }
    } catch {
      problems.append(
        "\(error): what users were given and who was revoked or blocked is not known, and no change is accepted")
    }
    if !problems.isEmpty {
      logger.record(.stateNotKept, "the state directory fails: \(problems.joined(separator: "; "))")
    }
    return (epoch, store, contents)
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

  func supervise(_ hub: Hub, listeners: [HTTPListener]) throws -> ServiceSupervisor {
    let supervisor = ServiceSupervisor(hub, addresses: listeners.compactMap(\.place))
    notifier.send(.ready)
    try supervisor.start()
    return supervisor
  }

  func announce(_ hub: Hub, listeners: [HTTPListener]) {
    for listener in listeners { logger.info("listening on \(listener.place ?? "an inherited socket")") }
    if let publishSocket = hub.publishSocket { logger.info("publishers connect to \(publishSocket.path)") }
    logger.record(.hubReady, "ready")
    guard let development = hub.development, let base = listeners.first?.place else { return }
    print(development.introduction(base: base, basePath: settings.http.basePath, now: SystemClock.now()))
    fflush(nil)  // whoever reads it through a pipe waits for it
  }
}
