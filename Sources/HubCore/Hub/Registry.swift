/// Who is connected: the connections, each user's connections and each connection's user, kept in step.
///
/// A connection's place is an index into one flat table; `index % shardCount` is its shard, `index / shardCount` its
/// place in that shard's own table. A place is taken by `add`, leaves the books by `remove`, and may be given to
/// another connection only after its shard has closed the socket and `release`d it.
struct Registry {
  struct Record {
    let id: ConnectionID
    let user: UserID
    let client: ClientID?
    let remoteAddress: String
    let userAgent: String?
    /// Milliseconds of the wall clock.
    let connectedAt: Int64

    init(_ request: ConnectionRequest, connectedAt: Int64) {
      id = request.id
      user = request.user
      client = request.client
      remoteAddress = request.remoteAddress
      userAgent = request.userAgent
      self.connectedAt = connectedAt
    }
  }

  private struct Place {
    var generation: UInt32 = 0
    var record: Record?
  }

  /// A user's connections, oldest first. Most users have one, which needs no array.
  private enum Connections {
    case one(StreamRef)
    case several([StreamRef])

    var count: Int {
      switch self {
      case .one: 1
      case .several(let streams): streams.count
      }
    }
  }

  private var places: [Place] = []
  private var freeIndexes: [[UInt32]]
  private var usedByShard: [Int]
  /// How many places of each shard were ever used.
  private var grownByShard: [Int]
  private var indexByID: [ConnectionID: UInt32] = [:]
  private var connectionsByUser: [UserID: Connections] = [:]

  init(shardCount: Int) {
    freeIndexes = Array(repeating: [], count: shardCount)
    usedByShard = Array(repeating: 0, count: shardCount)
    grownByShard = Array(repeating: 0, count: shardCount)
  }

  /// Connections in the books.
  var count: Int { indexByID.count }
  var userCount: Int { connectionsByUser.count }
  /// Places taken, with those whose socket is still being closed.
  private(set) var usedPlaces = 0

  func count(of user: UserID) -> Int { connectionsByUser[user]?.count ?? 0 }

  func stream(of id: ConnectionID) -> StreamRef? {
    indexByID[id].map(reference)
  }

  func record(at stream: StreamRef) -> Record? {
    guard stream.index < places.count, places[Int(stream.index)].generation == stream.generation else { return nil }
    return places[Int(stream.index)].record
  }

  /// Calls `body` with each of the user's connections, oldest first; returns how many there are.
  func forEachStream(of user: UserID, _ body: (StreamRef) -> Void) -> Int {
    switch connectionsByUser[user] {
    case nil: return 0
    case .one(let stream):
      body(stream)
      return 1
    case .several(let streams):
      for stream in streams { body(stream) }
      return streams.count
    }
  }

  func streams(of user: UserID) -> [StreamRef] {
    var streams: [StreamRef] = []
    _ = forEachStream(of: user) { streams.append($0) }
    return streams
  }

  func allStreams() -> [StreamRef] { indexByID.values.map(reference) }

  func countsByUser() -> [(user: UserID, connections: Int)] {
    connectionsByUser.map { ($0.key, $0.value.count) }
  }

  /// Registers a connection on the shard that has the fewest.
  mutating func add(_ record: Record) -> StreamRef {
    let index = takePlace()
    precondition(indexByID[record.id] == nil, "a connection id was drawn twice")
    places[Int(index)].record = record
    indexByID[record.id] = index
    let stream = reference(index)
    switch connectionsByUser[record.user] {
    case nil: connectionsByUser[record.user] = .one(stream)
    case .one(let first): connectionsByUser[record.user] = .several([first, stream])
    case .several(var streams):
      connectionsByUser[record.user] = nil  // so that the array is changed in place
      streams.append(stream)
      connectionsByUser[record.user] = .several(streams)
    }
    return stream
  }

  /// Strikes a connection from the books; its place stays taken until it is released.
  mutating func remove(_ stream: StreamRef) -> Record? {
    guard let record = record(at: stream) else { return nil }
    places[Int(stream.index)].record = nil
    indexByID[record.id] = nil
    switch connectionsByUser[record.user] {
    case nil, .one: connectionsByUser[record.user] = nil
    case .several(var streams):
      connectionsByUser[record.user] = nil
      streams.removeAll { $0 == stream }
      connectionsByUser[record.user] = streams.count == 1 ? .one(streams[0]) : .several(streams)
    }
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
    while places.count <= index { places.append(Place()) }
    return UInt32(index)
  }
}
