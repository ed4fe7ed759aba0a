import HubProtocol
import Synchronization

/// What the course of time, a reload and the end ask of the hub.
extension SSEManager {
  /// Sends a heartbeat to the next slice of the connections. Called `slices` times in each heartbeat interval, it
  /// reaches every connection once, and never all of them at once.
  package func checkHeartbeats(slices: Int, now: Moment) {
    decide { state in
      guard state.registry.count > 0 else { return }
      state.beatSlice = (state.beatSlice + 1) % slices
      let position = EventID(epoch: epoch, sequence: state.sequence)
      let frame = SystemEvents.heartbeat(position: position, now: now)
      postToAll(.beat(frame, slice: state.beatSlice, of: slices), in: &state)
    }
  }

  /// Has the shards look for streams that stalled or whose token expired, and lets go of what history,
  /// values, idempotency keys, standing topics and revocations hold for too long. Whose grace time is over is present no
  /// longer.
  package func cleanupInactiveConnections(now: Moment) {
    endGraces(now: now)
    decide(now: now) { state in
      state.history.evict(now: now.monotonic)
      state.values.evict(now: now.monotonic, among: &state.registry.topics)
      state.keys.forgetExpired(now: now.monotonic)
      endExpiredTopics(in: &state, now: now)
      endRevocations(in: &state, now: now)
      state.forgetIdleTopics()
      guard state.registry.usedPlaces > 0 else { return }
      postToAll(.sweep(now), in: &state)
    }
  }

  /// Takes over what may change while the hub runs. Connections beyond a lowered limit stay. Whoever is in a topic that
  /// `presenceTopics` did not name before has not just joined, and nobody leaves one that it does not name any more.
  package func update(_ options: HubOptions, now: Moment) {
    state.withLock { state in
      state.options = options
      state.history.limits = options.historyLimits
      state.history.evict(now: now.monotonic)
      state.values.limits = options.valueLimits
      if state.values.limits.isOff { state.values.removeAll(among: &state.registry.topics) }
      state.keys.limits = options.keyLimits
      state.presence.grace = options.presenceGrace
      if !state.isDraining { state.presence.publish(on: options.presenceTopics, state.registry) }
    }
  }

  /// From now on nothing is accepted. Who goes now comes back to whoever takes over, and has not left.
  package func startDraining() {
    state.withLock { state in
      state.isDraining = true
      state.presence.stop()
    }
  }

  /// Ends every stream after what waits for it, with reconnection delays spread over `spread` milliseconds so that the
  /// clients do not all come back at once.
  package func closeAll(reason: CloseReason, spread: Int64, now: Moment) -> [Departure] {
    decide { state in
      let frames = (0..<16).map { step in
        SystemEvents.close(reason, retry: state.options.retry + spread * Int64(step) / 15)
      }
      let departures = state.registry.allStreams().compactMap { strike($0, reason, in: &state, now: now) }
      postToAll(.closeAll(frames), in: &state)
      return departures
    }
  }
}
