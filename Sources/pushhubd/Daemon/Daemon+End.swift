import Glibc
import HubCore
import Logging
import Runtime

/// How it takes over a new configuration, and how it ends.
extension Daemon {
  /// Takes over what may change while the hub runs. Where anything is wrong, nothing changes.
  ///
  /// - Parameter automaticMaximum: how many connections there may be where `limits.connections` does not say.
  func reconfigure(_ hub: Hub, listeners: [HTTPListener], automaticMaximum: Int) {
    // Before the file is read: the verdict is on what is in it now.
    let verdict = ReloadVerdict(environment: environment)
    notifier.reloading()
    var isTaken = false
    defer {
      notifier.send(.ready)
      verdict?.tell(isTaken)
    }
    do {
      let loaded = try loader.load().settings
      let keys = try keyFile(loaded, hub.development, replacing: hub.rules.authenticator.keys)
      let before = hub.rules.settings
      let changes = loaded.changes(from: before)
      let settings = loaded.live(over: before)
      hub.update(
        Rules(settings, keys: keys.keys, automaticMaximum: automaticMaximum, isDevelopment: isDevelopment))
      for listener in listeners {
        ListeningSocket.configure(listener.descriptor, userTimeout: settings.stream.connectionTimeout)
      }
      log.level = settings.log.level
      report(changes, keys)
      isTaken = true
    } catch {
      let reasons = (error as? SettingsErrors)?.lines ?? ["\(error)"]
      logger.record(
        .configurationRefused,
        "the configuration is not taken over, and nothing changes: \(reasons.joined(separator: "; "))")
    }
  }

  func report(_ changes: SettingsChanges, _ keys: KeyFile) {
    let live = changes.live.isEmpty ? "no setting changed" : changes.live.joined(separator: "; ")
    logger.record(.configurationReloaded, "configuration reloaded: \(live); tokens are checked with \(keys.summary)")
    reportUnusable(keys)
    guard !changes.needsRestart.isEmpty else { return }
    logger.warning("needs a restart: \(changes.needsRestart.joined(separator: "; "))")
  }

  func reportUnusable(_ keys: KeyFile) {
    if let unusable = keys.unusable { logger.warning("left out, as the hub cannot use them: keys \(unusable)") }
  }

  /// Stops accepting, flushes what waits, ends the streams, all within the grace time.
  func drain(_ hub: Hub, listeners: [HTTPListener], _ signals: Signals) {
    let grace = hub.rules.settings.shutdown.grace
    notifier.send(.stopping, .extendTimeout(.milliseconds(grace + 5000)))
    let end = ContinuousClock.now + .milliseconds(grace)
    hub.startDraining()
    hub.stopListening(listeners)
    hub.finishClients()
    wait(until: end, signals) { !hub.hasClients }
    hub.finishPublishers()
    wait(until: end, signals) { hub.publishers.count == 0 }
  }

  private func wait(until end: ContinuousClock.Instant, _ signals: Signals, for isDone: () -> Bool) {
    while !isDone(), ContinuousClock.now < end {
      if let signal = signals.next(within: 10), signal != SIGHUP { endAtOnce(signal) }
    }
  }

  /// Who asks a second time does not want to wait for the grace time: streams are cut, and their clients come back with
  /// their last ids. The process ends by the signal itself, which the service manager takes for a clean end.
  private func endAtOnce(_ signal: CInt) {
    logger.record(.hubStopped, "stopped at once: \(Signals.name(of: signal)) came again")
    log.end()
    Signals.die(of: signal)
  }
}
