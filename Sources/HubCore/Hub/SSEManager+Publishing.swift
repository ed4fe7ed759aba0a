package import HubProtocol

/// An event on its way in: numbered, kept and posted under one lock.
extension SSEManager {
  /// Numbers a message, keeps it in history and queues it to the connections of its target.
  ///
  /// - Parameter waking: without it the shards see the event when they wake for another reason; who publishes several
  ///   messages in a row may then wake them once (`wakeShards`).
  package func publish(
    _ message: Message, to target: Target, from publisher: PublisherIdentity = .unknown, waking: Bool = true,
    now: Moment
  ) -> Publication {
    // Made before the lock is taken, as it reads all the data.
    let claim = message.key.map { RecentKeys.Claim($0, for: message, to: target, from: publisher) }
    return decide(waking: waking) { state in
      publish(message, to: target, from: publisher, claim, in: &state, now: now)
    }
  }

  /// To one connection; such an event is not kept in history.
  package func sendMessage(_ message: Message, to connection: ConnectionID, now: Moment) -> Publication {
    publish(message, to: .connection(connection), now: now)
  }

  /// To all connections of a user.
  package func sendToUser(_ message: Message, to user: UserID, now: Moment) -> Publication {
    publish(message, to: .user(user), now: now)
  }

  /// To everyone, or to the users of a filter; a filter without users is none.
  package func broadcast(_ message: Message, filter users: [UserID] = [], now: Moment) -> Publication {
    publish(message, to: users.isEmpty ? .everyone : .users(users), now: now)
  }

  private func publish(
    _ message: Message, to target: Target, from publisher: PublisherIdentity, _ claim: RecentKeys.Claim?,
    in state: inout State, now: Moment
  ) -> Publication {
    if state.isDraining { return .draining }
    if let claim {
      switch state.keys.find(claim, now: now.monotonic) {
      case .new: break
      case .repeated(let publication): return publication
      case .reused: return .keyReused
      case .full(let retryAfter): return .tooManyKeys(retryAfter: retryAfter)
      }
    }
    guard let addressees = addressees(of: target, in: &state) else { return .unknownConnection }
    if isOverloaded(for: addressees, in: state) { return .overloaded }
    state.sequence += 1
    let id = EventID(epoch: epoch, sequence: state.sequence)
    let frame = EventEncoder.frame(id: id, type: message.type, data: message.data, acceptedAt: now.nanoseconds)
    let sentCount = post(frame, to: addressees, in: &state)
    frame.posted(letters: state.published.count(target) == .everyone ? shards.count : sentCount)
    let provenance = Provenance(acceptedAt: now.wall, publisher: publisher, queued: sentCount)
    let outcome = state.history.append(
      frame, sequence: id.sequence, for: addressees, among: &state.registry.users, ttl: message.ttl, from: provenance,
      now: now.monotonic)
    if outcome == .tooLarge { _ = post(SystemEvents.tooLargeToKeep(frame.count), to: addressees, in: &state) }
    if let claim { state.keys.remember(claim, id: id, sentCount: sentCount, now: now.monotonic) }
    return .accepted(id, sentCount: sentCount)
  }

  /// Looks a target's names up, each of them once; nil where there is no such connection.
  private func addressees(of target: Target, in state: inout State) -> Addressees? {
    switch target {
    case .everyone: return .everyone
    case .connection(let id): return state.registry.stream(of: id).map(Addressees.stream)
    case .user(let user):
      state.forgetIdleUsers()
      return .user(state.registry.users.enter(user))
    case .users(let users):
      state.forgetIdleUsers()
      return .users(users.map { state.registry.users.enter($0) })
    }
  }

  /// Whether a shard that the event would go to has too much waiting.
  private func isOverloaded(for addressees: Addressees, in state: borrowing State) -> Bool {
    guard shards.indices.contains(where: { shards[$0].isOverloaded }) else { return false }
    switch addressees {
    case .everyone: return true
    case .user(let user): return isOverloaded(for: user, in: state)
    case .users(let users): return users.contains { isOverloaded(for: $0, in: state) }
    case .stream(let stream): return shard(of: stream).isOverloaded
    }
  }

  private func isOverloaded(for user: UserTable.Number, in state: borrowing State) -> Bool {
    var isOverloaded = false
    _ = state.registry.users.forEachStream(of: user) { isOverloaded = isOverloaded || shard(of: $0).isOverloaded }
    return isOverloaded
  }

  /// Hands a frame to the shards of all whom it is for; returns how many connections that are.
  private func post(_ frame: Frame, to addressees: Addressees, in state: inout State) -> Int {
    switch addressees {
    case .everyone:
      postToAll(.broadcast(frame), in: &state)
      return state.registry.count
    case .user(let user): return post(frame, to: user, in: &state)
    case .users(let users): return users.reduce(0) { $0 + post(frame, to: $1, in: &state) }
    case .stream(let stream):
      post(.send(frame, stream), toShardOf: stream, in: &state)
      return 1
    }
  }

  private func post(_ frame: Frame, to user: UserTable.Number, in state: inout State) -> Int {
    var toWake = state.toWake
    defer { state.toWake = toWake }
    return state.registry.users.forEachStream(of: user) { stream in
      let index = shardIndex(of: stream)
      shards[index].post(.send(frame, stream))
      toWake.include(index)
    }
  }
}
