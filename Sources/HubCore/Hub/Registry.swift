import HubProtocol

/// Who is connected: the connections, who follows which topic and which topics each connection follows, kept in step.
///
/// A connection's place is the same here and in its shard's own table. It is taken by `add`, leaves the books by `remove`,
/// and may be given to another connection only after its shard has closed the socket and `release`d it.
struct Registry {
  struct Record {
    let id: ConnectionID
    let client: ClientID?
    let remoteAddress: RemoteAddress
    // Here, as it fits between the port and the next string without a gap.
    let user: TopicTable.Number
    let userAgent: String?
    /// Milliseconds of the wall clock.
    let connectedAt: Int64
  }

  private struct Place {
    var record: Record?
    var generation: UInt32 = 0
    /// Of the connection's token. Here, as it fits behind the generation without a gap.
    var issuedAt: UInt32 = 0
  }

  private struct Shard {
    var places: ContiguousArray<Place> = []
    var freePlaces: [Int] = []
  }

  private var shards: [Shard]
  private var streamByID: [ConnectionID: StreamRef] = [:]
  /// The named topics that connections follow, of those that follow any.
  private var follows: [StreamRef: [Follow]] = [:]
  var topics = TopicTable()

  init(shardCount: Int) {
    precondition((1...StreamRef.maxShards).contains(shardCount), "a hub has 1 to \(StreamRef.maxShards) shards")
    shards = Array(repeating: Shard(), count: shardCount)
  }

  /// Connections in the books.
  var count: Int { streamByID.count }
  var userCount: Int { topics.connectedUsers }
  /// Places taken, with those whose socket is still being closed.
  private(set) var usedPlaces = 0

  func count(of user: UserID) -> Int { topics.number(of: .user(user)).map(topics.streamCount) ?? 0 }

  func stream(of id: ConnectionID) -> StreamRef? { streamByID[id] }

  func record(at stream: StreamRef) -> Record? {
    let places = shards[stream.shard].places
    guard stream.place < places.count, places[stream.place].generation == stream.generation else { return nil }
    return places[stream.place].record
  }

  /// When the token of a connection in the books was issued; nil where it has left them.
  func issuedAt(of stream: StreamRef) -> UInt32? {
    record(at: stream) == nil ? nil : shards[stream.shard].places[stream.place].issuedAt
  }

  /// A connection in the books goes on under another token.
  mutating func setIssuedAt(_ issuedAt: UInt32, of stream: StreamRef) {
    guard record(at: stream) != nil else { return }
    shards[stream.shard].places[stream.place].issuedAt = issuedAt
  }

  /// The user of a connection in the books.
  func user(of record: Record) -> UserID {
    guard let user = topics.topic(of: record.user).user else { preconditionFailure("a connection is a user's") }
    return user
  }

  /// The connections that follow a user or a named topic, oldest first.
  func streams(of topic: Topic) -> [StreamRef] {
    guard let number = topics.number(of: topic) else { return [] }
    var streams: [StreamRef] = []
    _ = topics.forEachStream(of: number) { streams.append($0) }
    return streams
  }

  func allStreams() -> some Collection<StreamRef> { streamByID.values }

  /// Registers a connection on its shard; nil where that has as many places as it can have.
  mutating func add(_ request: ConnectionRequest, connectedAt: Int64) -> StreamRef? {
    precondition(streamByID[request.id] == nil, "a connection id was drawn twice")
    guard let place = takePlace(on: request.shard) else { return nil }
    let user = topics.enter(.user(request.user))
    shards[request.shard].places[place].record = Record(
      id: request.id, client: request.client, remoteAddress: request.remoteAddress, user: user,
      userAgent: request.userAgent, connectedAt: connectedAt)
    shards[request.shard].places[place].issuedAt = request.tokenIssuedAt
    let generation = shards[request.shard].places[place].generation
    let stream = StreamRef(shard: request.shard, place: place, generation: generation)
    streamByID[request.id] = stream
    topics.add(stream, to: user)
    return stream
  }

  /// Strikes a connection from the books; its place stays taken until it is released.
  mutating func remove(_ stream: StreamRef) -> Record? {
    guard let record = record(at: stream) else { return nil }
    shards[stream.shard].places[stream.place].record = nil
    streamByID[record.id] = nil
    topics.remove(stream, from: record.user)
    for follow in follows.removeValue(forKey: stream) ?? [] { topics.remove(stream, from: follow.topic) }
    return record
  }

  /// Gives a place back, once nothing is left of the stream that had it.
  mutating func release(_ stream: StreamRef) {
    let (shard, place) = (stream.shard, stream.place)
    guard place < shards[shard].places.count, shards[shard].places[place].generation == stream.generation else {
      return
    }
    precondition(shards[shard].places[place].record == nil, "a stream's place was released while it was in the books")
    shards[shard].places[place].generation &+= 1
    shards[shard].freePlaces.append(place)
    usedPlaces -= 1
  }

  /// How many of the connections that follow a topic are each user's.
  func connectionsByUser(following topic: Topic) -> [UserID: Int] {
    if topic == .everyone { return Dictionary(topics.countsByUser()) { first, _ in first } }
    return streams(of: topic).reduce(into: [:]) { counts, stream in
      if let record = record(at: stream) { counts[user(of: record), default: 0] += 1 }
    }
  }

  // MARK: - Topics

  /// The named topics that a connection follows.
  func follows(of stream: StreamRef) -> [Follow] { follows[stream] ?? [] }

  /// Its user and these.
  func followedNumbers(of stream: StreamRef) -> [TopicTable.Number] {
    (record(at: stream).map { [$0.user] } ?? []) + follows(of: stream).map(\.topic)
  }

  /// Their names.
  func topicNames(of stream: StreamRef) -> [TopicName] {
    follows(of: stream).compactMap { topics.topic(of: $0.topic).topicName }
  }

  /// Those that it follows for a reason.
  func topicNames(of stream: StreamRef, because reason: Follow.Reasons) -> [TopicName] {
    follows(of: stream).compactMap { follow in
      follow.reasons.isSuperset(of: reason) ? topics.topic(of: follow.topic).topicName : nil
    }
  }

  /// Has a connection in the books follow topics for one more reason; returns whether it did not follow one of them
  /// before.
  mutating func follow(_ names: [TopicName], by stream: StreamRef, _ reason: Follow.Reasons) -> Bool {
    guard !names.isEmpty else { return false }
    var own = follows.removeValue(forKey: stream) ?? []
    let before = own.count
    own.reserveCapacity(before + names.count)
    for name in names {
      let topic = topics.enter(.named(name))
      if let index = own.firstIndex(where: { $0.topic == topic }) {
        own[index].reasons.insert(reason)
      } else {
        own.append(Follow(topic: topic, reasons: reason))
        topics.add(stream, to: topic)
      }
    }
    follows[stream] = own
    return own.count > before
  }

  /// Takes a reason away; returns whether the connection does not follow one of the topics any more.
  mutating func unfollow(_ names: [TopicName], by stream: StreamRef, _ reason: Follow.Reasons) -> Bool {
    guard !names.isEmpty, var own = follows.removeValue(forKey: stream) else { return false }
    let before = own.count
    for name in names {
      guard let topic = topics.number(of: .named(name)), let index = own.firstIndex(where: { $0.topic == topic }) else {
        continue
      }
      own[index].reasons.subtract(reason)
      guard own[index].reasons.isEmpty else { continue }
      own.remove(at: index)
      topics.remove(stream, from: topic)
    }
    if !own.isEmpty { follows[stream] = own }
    return own.count < before
  }

  private mutating func takePlace(on shard: Int) -> Int? {
    if let place = shards[shard].freePlaces.popLast() {
      usedPlaces += 1
      return place
    }
    let place = shards[shard].places.count
    guard place < StreamRef.maxPlaces else { return nil }
    usedPlaces += 1
    shards[shard].places.makeRoom()
    shards[shard].places.append(Place())
    return place
  }
}
