import Glibc
import HubCore
import Logging
import UnixSignals

/// How it takes over a new configuration, and how it ends.
extension Daemon {
  /// Takes over what may change while the hub runs. Where anything is wrong, nothing changes.
  ///
  /// - Parameter automaticMaximum: how many connections there may be where `limits.connections` does not say.
  func reconfigure(_ hub: Hub, automaticMaximum: Int) {
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
      let maxConnections = settings.limits.connections ?? automaticMaximum
      hub.update(
        Hub.Rules(
          settings: settings,
          authenticator: Authenticator(keys: keys.keys, rules: settings.authenticatorRules),
          http: HTTPRules(settings.httpOptions(isDevelopment: isDevelopment, maxConnections: maxConnections))),
        maxConnections: maxConnections)
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

  /// Who asks a second time does not want to wait for the grace time: streams are cut, and their clients come back with
  /// their last ids. The process ends by the signal itself, which the service manager takes for a clean end.
  func endAtOnce(onNextOf signals: UnixSignalsSequence, _ publishSocket: PublishSocketWatch?) {
    Task {
      for await signal in signals where signal != .sighup {
        logger.record(.hubStopped, "stopped at once: \(signal) came again")
        publishSocket?.remove()
        log.end()
        _ = Glibc.signal(signal.rawValue, SIG_DFL)
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, signal.rawValue)
        pthread_sigmask(SIG_UNBLOCK, &blocked, nil)
        raise(signal.rawValue)
      }
    }
  }

  /// Stops accepting, flushes what waits, ends the streams, all within the grace time.
  func drain(_ hub: Hub, listeners: [HTTPListener]) async {
    let grace = hub.rules.settings.shutdown.grace
    notifier.send(.stopping, .extendTimeout(.milliseconds(grace + 5000)))
    let end = ContinuousClock.now + .milliseconds(grace)
    hub.startDraining()
    for listener in listeners { await listener.stopAccepting() }
    hub.streams.shards[0].post(.stopListening)
    // A thousand clients a second come back to whoever takes over.
    let spread = min(30_000, max(1000, Int64(hub.manager.counts().connections)))
    hub.manager.closeAll(reason: .shutdown, spread: spread).forEach(hub.departed)
    await withTaskGroup { tasks in
      for listener in listeners { tasks.addTask { await listener.finishRequests(within: grace) } }
      await wait(until: end, for: { hub.manager.counts().usedPlaces == 0 })
    }
    // Until now they were told to try again; what they had sent before is answered yet.
    for shard in hub.streams.shards { shard.post(.finishPublishers) }
    await wait(until: end, for: { hub.publishers.count == 0 })
  }

  private func wait(until end: ContinuousClock.Instant, for isDone: () -> Bool) async {
    while !isDone(), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(10))  // it is cancelled only when the process ends
    }
  }

  /// A listening socket that fails for good cannot be mended from within: the process ends, and the service manager
  /// starts it anew.
  func watch(_ listeners: [HTTPListener], of hub: Hub) {
    for listener in listeners {
      Task {
        await listener.waitUntilClosed()
        if !hub.isDraining { end(because: "a listening HTTP socket failed") }
      }
    }
  }

  func end(because problem: String) {
    logger.record(.hubFailed, "\(problem); ending, to be started anew")
    notifier.failed(problem)
    log.end()
    exit(EX_OSERR)
  }
}
