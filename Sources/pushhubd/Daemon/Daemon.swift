import CLinux
import Glibc
import HubCore
import Logging
import Runtime

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

  /// How long the end waits for systemd to read what it was told.
  private static let lastWords = Duration.seconds(1)

  let settings: Settings
  let isDevelopment: Bool
  let environment: [String: String]
  let log: HubLog
  let logger: Logger
  /// Reads the configuration once more for a reload.
  let loader: SettingsLoader
  let notifier = ServiceNotifier()

  var threads: Int { settings.threads ?? Self.processors }

  /// Those that this process may use.
  private static var processors: Int { max(1, Int(clinux_processors())) }

  /// Serves until it is told to stop, and returns the exit code of the process.
  static func main(_ loaded: SettingsLoader.Loaded, isDevelopment: Bool, loader: SettingsLoader) -> CInt {
    clinux_keep_large_blocks_apart()
    // Signals first: one that comes while the hub starts is dealt with as soon as it has. For development, SIGHUP is the
    // end of its terminal (nohup(1) has it ignored); else it asks for a reload.
    let trapsHangUp = !(isDevelopment && clinux_is_ignored(SIGHUP) != 0)
    let signals = Signals((trapsHangUp ? [SIGHUP] : []) + [SIGTERM, SIGINT])
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
    for warning in loaded.warnings { logger.warning("\(warning)") }
    let daemon = Daemon(
      settings: settings, isDevelopment: isDevelopment, environment: environment, log: log, logger: logger,
      loader: loader)
    defer { daemon.notifier.flush(within: lastWords) }
    do {
      try daemon.run(signals)
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
    let notifier = ServiceNotifier()
    notifier.failed(lines.first ?? "the configuration is refused")
    defer { notifier.flush(within: lastWords) }
    let environment = Surroundings.ofProcess(arguments: []).environment
    guard LogTarget.isJournal(environment: environment),
      let log = try? HubLog(target: .journal, level: .info, environment: environment)  // else as without a journal
    else {
      for line in lines { StandardError.write("pushhubd: \(line)") }
      return
    }
    for line in lines { log.logger().record(.hubFailed, "\(line)") }
    log.end()
  }

  private func run(_ signals: Signals) throws {
    let inherited = try activate()
    let descriptors = DescriptorLimit.raise()
    let needed = DescriptorLimit.minimum(threads: threads)
    guard descriptors >= needed else {
      throw Failure("this process may hold \(descriptors) descriptors (RLIMIT_NOFILE), and needs at least \(needed)")
    }
    let automaticMaximum = DescriptorLimit.maxConnections(descriptors: descriptors)
    let publishSocket = try inherited.publish == nil ? openPublishSocket() : nil
    let publishSocketWatch =
      publishSocket.map { PublishSocketWatch($0) } ?? inherited.publish.flatMap { PublishSocketWatch(passed: $0) }
    defer { publishSocketWatch?.remove() }
    let development = isDevelopment ? try Development(publishSocket: publishSocket?.path ?? "") : nil
    let hub = try makeHub(
      automaticMaximum: automaticMaximum, publishSocket: publishSocketWatch, development: development)
    let listeners = try listen(on: inherited.http)
    try hub.start()
    if let socket = inherited.publish ?? publishSocket?.descriptor { hub.shards[0].post(.publisherListener(socket)) }
    for shard in hub.shards { shard.post(.httpListeners(listeners)) }
    let ticker = try Ticker(hub)
    let supervisor = try supervise(hub, listeners: listeners)
    announce(hub, listeners: listeners)
    var signal = signals.next()
    while signal == SIGHUP, !isDevelopment {
      reconfigure(hub, listeners: listeners, automaticMaximum: automaticMaximum)
      signal = signals.next()
    }
    logger.record(.hubStopping, "stopping: \(Signals.name(of: signal))")
    // Before anybody is told to try again: where we opened the socket, nobody shall come back to us by it.
    publishSocketWatch?.remove()
    drain(hub, listeners: listeners, signals)
    supervisor.stop()
    ticker.stop()
    hub.stop()
    logger.record(.hubStopped, "stopped")
  }
}
