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
    let value = message.valueKey(for: target)
    return decide(waking: waking) { state in
      publish(message, to: target, value, from: publisher, claim, in: &state, now: now)
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
    _ message: Message, to target: Target, _ value: ValueKey?, from publisher: PublisherIdentity,
    _ claim: RecentKeys.Claim?, in state: inout State, now: Moment
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
    if case .replace = message.value, let value,
      !state.values.hasRoom(for: value, dataBytes: message.data.count)
    {
      return .tooManyValues
    }
    if isOverloaded(for: addressees, target, in: state) { return .overloaded }
    let (id, sentCount) = accept(message, to: target, addressees, value, from: publisher, in: &state, now: now)
    if let claim { state.keys.remember(claim, id: id, sentCount: sentCount, now: now.monotonic) }
    return .accepted(id, sentCount: sentCount)
  }

  /// An event of the hub's own for a named topic. It is in history as any other; no limit refuses it, as others count on
  /// being told of all of them.
  func publishOwn(_ message: Message, on topic: TopicName, in state: inout State, now: Moment) {
    let target = Target.topic(.named(topic))
    guard let addressees = addressees(of: target, in: &state) else { return }
    _ = accept(message, to: target, addressees, nil, from: .unknown, in: &state, now: now)
  }

  private func accept(
    _ message: Message, to target: Target, _ addressees: Addressees, _ value: ValueKey?,
    from publisher: PublisherIdentity, in state: inout State, now: Moment
  ) -> (EventID, sentCount: Int) {
    state.sequence += 1
    let id = EventID(epoch: epoch, sequence: state.sequence)
    let frame = EventEncoder.frame(
      id: id, type: message.type, topic: target.shownTopic, data: message.data, value: value,
      acceptedAt: now.nanoseconds)
    let posted = post(frame, to: addressees, in: &state)
    frame.posted(items: posted.items)
    if !state.listeners.isEmpty { postToListeners(frame, of: message, to: target, in: &state) }
    state.published.count(target)
    let provenance = Provenance(
      acceptedAt: now.wall, publisher: publisher, queued: posted.connections, form: message.form,
      isClearing: message.isClearing)
    keep(message, id, frame, for: addressees, provenance, in: &state, now: now)
    return (id, posted.connections)
  }

  /// Holds an event as long as history, or the value that it is, is to be held.
  private func keep(
    _ message: Message, _ id: EventID, _ frame: Frame, for addressees: Addressees, _ provenance: Provenance,
    in state: inout State, now: Moment
  ) {
    if let key = frame.value {
      if case .replace = message.value, !state.values.limits.isOff, case .topic(let topic) = addressees {
        state.history.withdraw(key)
        let expiresAt = message.ttl.map { now.monotonic + Int64($0) * 1000 } ?? .max
        let value = LastValues.Value(
          sequence: id.sequence, key: key, topic: topic, frame: frame, expiresAt: expiresAt,
          acceptedAt: now.monotonic, provenance: provenance)
        return state.values.hold(value, among: &state.registry.topics)
      }
      state.values.remove(key, among: &state.registry.topics)
    }
    let outcome = state.history.append(
      frame, sequence: id.sequence, for: addressees, among: &state.registry.topics, ttl: message.ttl, from: provenance,
      takesPlaces: !state.values.limits.isOff, now: now.monotonic)
    if outcome == .tooLarge { _ = post(SystemEvents.tooLargeToKeep(frame.count), to: addressees, in: &state) }
  }

  /// Looks a target's names up, each of them once; nil where there is no such connection.
  private func addressees(of target: Target, in state: inout State) -> Addressees? {
    switch target {
    case .connection(let id): return state.registry.stream(of: id).map(Addressees.stream)
    case .topic(let topic):
      state.forgetIdleTopics()
      return .topic(state.registry.topics.enter(topic))
    case .topics(let topics):
      state.forgetIdleTopics()
      let numbers = topics.map { state.registry.topics.enter($0) }
      return topics.first?.user != nil ? .users(numbers) : .topics(numbers)
    }
  }

  /// Whether a shard that the event would go to has too much waiting.
  private func isOverloaded(for addressees: Addressees, _ target: Target, in state: borrowing State) -> Bool {
    guard shards.indices.contains(where: { shards[$0].isOverloaded }) else { return false }
    if isOverloaded(forListenersTo: target, in: state) { return true }
    switch addressees {
    case .topic(.everyone): return true
    case .topic(let topic): return isOverloaded(for: topic, in: state)
    case .users(let topics), .topics(let topics): return topics.contains { isOverloaded(for: $0, in: state) }
    case .stream(let stream): return shard(of: stream).isOverloaded
    }
  }

  private func isOverloaded(for topic: TopicTable.Number, in state: borrowing State) -> Bool {
    var isOverloaded = false
    _ = state.registry.topics.forEachStream(of: topic) {
      isOverloaded = isOverloaded || shard(of: $0).isOverloaded
    }
    return isOverloaded
  }

  // MARK: - Posting

  /// To how many connections an event goes, in how many items.
  private struct Posted {
    var connections = 0
    var items = 0

    static func += (left: inout Posted, right: Posted) {
      left.connections += right.connections
      left.items += right.items
    }
  }

  /// Hands a frame to the shards of all whom it is for.
  private func post(_ frame: Frame, to addressees: Addressees, in state: inout State) -> Posted {
    switch addressees {
    case .topic(.everyone):
      postToAll(.broadcast(frame), in: &state)
      return Posted(connections: state.registry.count, items: shards.count)
    case .topic(let topic): return post(frame, to: topic, in: &state)
    case .users(let users): return users.reduce(into: Posted()) { $0 += post(frame, to: $1, in: &state) }
    case .topics(let topics): return post(frame, toAnyOf: topics, in: &state)
    case .stream(let stream):
      post(.send(frame, stream), toShardOf: stream, in: &state)
      return Posted(connections: 1, items: 1)
    }
  }

  private func post(_ frame: Frame, to topic: TopicTable.Number, in state: inout State) -> Posted {
    if let streams = state.registry.topics.manyStreams(of: topic) { return post(frame, to: streams, in: &state) }
    var toWake = state.toWake
    defer { state.toWake = toWake }
    let count = state.registry.topics.forEachStream(of: topic) { stream in
      let index = shardIndex(of: stream)
      shards[index].post(.send(frame, stream))
      toWake.include(index)
    }
    return Posted(connections: count, items: count)
  }

  private func post(_ frame: Frame, to streams: [StreamRef], in state: inout State) -> Posted {
    postToAll(.multicast(frame, streams), in: &state)
    return Posted(connections: streams.count, items: shards.count)
  }

  /// To each connection once, under the first of the topics that it follows.
  private func post(_ frame: Frame, toAnyOf topics: [TopicTable.Number], in state: inout State) -> Posted {
    var posted = Posted()
    var served: Set<StreamRef> = []
    for (index, topic) in topics.enumerated() {
      var streams: [StreamRef] = []
      _ = state.registry.topics.forEachStream(of: topic) { if served.insert($0).inserted { streams.append($0) } }
      guard !streams.isEmpty else { continue }
      guard index > 0, let name = state.registry.topics.topic(of: topic).topicName else {
        posted += post(frame, to: streams, in: &state)
        continue
      }
      posted += post(frame.renamed(to: name), to: streams, in: &state)
    }
    return posted
  }
}

extension Target {
  /// The topic that an event's frame shows: the first of its list.
  fileprivate var shownTopic: TopicName? {
    switch self {
    case .topic(let topic): topic.topicName
    case .topics(let topics): topics.first?.topicName
    case .connection: nil
    }
  }
}

extension Message {
  var isClearing: Bool { if case .clear = value { true } else { false } }

  /// Which value it replaces or takes back; a value belongs to one user, one topic or everyone.
  fileprivate func valueKey(for target: Target) -> ValueKey? {
    guard case .topic(let topic) = target else { return nil }
    switch value {
    case .replace(let name), .clear(let name): return ValueKey(topic, name)
    case nil: return nil
    }
  }
}
