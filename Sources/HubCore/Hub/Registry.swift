import HubProtocol

/// Who is connected: the connections, each user's connections and each connection's user, kept in step.
///
/// A connection's place is the same here and in its shard's own table. It is taken by `add`, leaves the books by `remove`,
/// and may be given to another connection only after its shard has closed the socket and `release`d it.
struct Registry {
  struct Record {
    let id: ConnectionID
    let client: ClientID?
    let remoteAddress: RemoteAddress
    // Here, as it fits between the port and the next string without a gap.
    let user: UserTable.Number
    let userAgent: String?
    /// Milliseconds of the wall clock.
    let connectedAt: Int64
  }

  private struct Place {
    var record: Record?
    var generation: UInt32 = 0
  }

  private struct Shard {
    var places: ContiguousArray<Place> = []
    var freePlaces: [Int] = []
  }

  private var shards: [Shard]
  private var streamByID: [ConnectionID: StreamRef] = [:]
  var users = UserTable()

  init(shardCount: Int) {
    precondition((1...StreamRef.maxShards).contains(shardCount), "a hub has 1 to \(StreamRef.maxShards) shards")
    shards = Array(repeating: Shard(), count: shardCount)
  }

  /// Connections in the books.
  var count: Int { streamByID.count }
  var userCount: Int { users.connectedCount }
  /// Places taken, with those whose socket is still being closed.
  private(set) var usedPlaces = 0

  func count(of user: UserID) -> Int { users.number(of: user).map(users.streamCount) ?? 0 }

  func stream(of id: ConnectionID) -> StreamRef? { streamByID[id] }

  func record(at stream: StreamRef) -> Record? {
    let places = shards[stream.shard].places
    guard stream.place < places.count, places[stream.place].generation == stream.generation else { return nil }
    return places[stream.place].record
  }

  /// A user's connections, oldest first.
  func streams(of user: UserID) -> [StreamRef] {
    guard let number = users.number(of: user) else { return [] }
    var streams: [StreamRef] = []
    _ = users.forEachStream(of: number) { streams.append($0) }
    return streams
  }

  func allStreams() -> some Collection<StreamRef> { streamByID.values }

  /// Registers a connection on its shard; nil where that has as many places as it can have.
  mutating func add(_ request: ConnectionRequest, connectedAt: Int64) -> StreamRef? {
    precondition(streamByID[request.id] == nil, "a connection id was drawn twice")
    guard let place = takePlace(on: request.shard) else { return nil }
    let user = users.enter(request.user)
    shards[request.shard].places[place].record = Record(
      id: request.id, client: request.client, remoteAddress: request.remoteAddress, user: user,
      userAgent: request.userAgent, connectedAt: connectedAt)
    let generation = shards[request.shard].places[place].generation
    let stream = StreamRef(shard: request.shard, place: place, generation: generation)
    streamByID[request.id] = stream
    users.add(stream, to: user)
    return stream
  }

  /// Strikes a connection from the books; its place stays taken until it is released.
  mutating func remove(_ stream: StreamRef) -> Record? {
    guard let record = record(at: stream) else { return nil }
    shards[stream.shard].places[stream.place].record = nil
    streamByID[record.id] = nil
    users.remove(stream, from: record.user)
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
