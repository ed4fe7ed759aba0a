/// Who is connected: the connections, each user's connections and each connection's user, kept in step.
///
/// A connection's place is an index into one flat table; `index % shardCount` is its shard, `index / shardCount` its
/// place in that shard's own table. A place is taken by `add`, leaves the books by `remove`, and may be given to
/// another connection only after its shard has closed the socket and `release`d it.
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

  private var places: ContiguousArray<Place> = []
  private var freeIndexes: [[UInt32]]
  private var usedByShard: [Int]
  /// How many places of each shard were ever used.
  private var grownByShard: [Int]
  private var indexByID: [ConnectionID: UInt32] = [:]
  var users = UserTable()

  init(shardCount: Int) {
    freeIndexes = Array(repeating: [], count: shardCount)
    usedByShard = Array(repeating: 0, count: shardCount)
    grownByShard = Array(repeating: 0, count: shardCount)
  }

  /// Connections in the books.
  var count: Int { indexByID.count }
  var userCount: Int { users.connectedCount }
  /// Places taken, with those whose socket is still being closed.
  private(set) var usedPlaces = 0

  func count(of user: UserID) -> Int { users.number(of: user).map(users.streamCount) ?? 0 }

  func stream(of id: ConnectionID) -> StreamRef? {
    indexByID[id].map(reference)
  }

  func record(at stream: StreamRef) -> Record? {
    guard stream.index < places.count, places[Int(stream.index)].generation == stream.generation else { return nil }
    return places[Int(stream.index)].record
  }

  /// A user's connections, oldest first.
  func streams(of user: UserID) -> [StreamRef] {
    guard let number = users.number(of: user) else { return [] }
    var streams: [StreamRef] = []
    _ = users.forEachStream(of: number) { streams.append($0) }
    return streams
  }

  func allStreams() -> [StreamRef] { indexByID.values.map(reference) }

  /// Registers a connection on the shard that has the fewest.
  mutating func add(_ request: ConnectionRequest, connectedAt: Int64) -> StreamRef {
    let index = takePlace()
    precondition(indexByID[request.id] == nil, "a connection id was drawn twice")
    let user = users.enter(request.user)
    places[Int(index)].record = Record(
      id: request.id, client: request.client, remoteAddress: request.remoteAddress, user: user,
      userAgent: request.userAgent, connectedAt: connectedAt)
    indexByID[request.id] = index
    let stream = reference(index)
    users.add(stream, to: user)
    return stream
  }

  /// Strikes a connection from the books; its place stays taken until it is released.
  mutating func remove(_ stream: StreamRef) -> Record? {
    guard let record = record(at: stream) else { return nil }
    places[Int(stream.index)].record = nil
    indexByID[record.id] = nil
    users.remove(stream, from: record.user)
    return record
  }

  /// Gives a place back, once nothing is left of the stream that had it.
  mutating func release(_ stream: StreamRef) {
    let index = Int(stream.index)
    guard index < places.count, places[index].generation == stream.generation else { return }
    precondition(places[index].record == nil, "a stream's place was released while it was in the books")
    places[index].generation &+= 1
    let shard = index % usedByShard.count
    usedByShard[shard] -= 1
    usedPlaces -= 1
    freeIndexes[shard].append(stream.index)
  }

  private func reference(_ index: UInt32) -> StreamRef {
    StreamRef(index: index, generation: places[Int(index)].generation)
  }

  private mutating func takePlace() -> UInt32 {
    let shardCount = usedByShard.count
    let shard = usedByShard.indices.min { usedByShard[$0] < usedByShard[$1] } ?? 0
    usedByShard[shard] += 1
    usedPlaces += 1
    if let index = freeIndexes[shard].popLast() { return index }
    let index = grownByShard[shard] * shardCount + shard
    grownByShard[shard] += 1
    while places.count <= index {
      places.makeRoom()
      places.append(Place())
    }
    return UInt32(index)
  }
}
