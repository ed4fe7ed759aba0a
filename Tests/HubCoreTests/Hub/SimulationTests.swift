import HubProtocol
import Synchronization
import Testing

@testable import HubCore

/// Random connects, publishes, closes and returns against a model that keeps everything and scans it.
@Suite struct SimulationTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as [UInt64])
  func everyClientSeesExactlyWhatIsForItInOrder(seed: UInt64) throws {
    try run(Simulation(seed: seed, users: 12, shards: 1))
  }

  /// Few users, whose places change hands all the time, and thousands.
  @Test(arguments: [11, 12, 13, 14] as [UInt64], [(users: 12, shards: 4), (users: 3000, shards: 3)])
  func onSeveralShardsToo(seed: UInt64, size: (users: Int, shards: Int)) throws {
    try run(Simulation(seed: seed, users: size.users, shards: size.shards))
  }

  private func run(_ simulation: Simulation) throws {
    var simulation = simulation
    for _ in 0..<4000 { try simulation.step() }
    simulation.check()
  }
}

private struct Simulation {
  struct Client {
    let user: Int
    let stream: StreamRef
    let id: ConnectionID
    /// The sequences that it must have received, in order.
    var expected: [UInt64]
    var isEnded = false
  }

  struct Published {
    let sequence: UInt64
    let audience: Target
    let isKept: Bool
  }

  let seed: UInt64
  let hub: TestHub
  let users: [UserID]
  var random: SplitMix
  var clients: [Client] = []
  var log: [Published] = []
  var sequence: UInt64 = 0

  init(seed: UInt64, users: Int, shards: Int) {
    self.seed = seed
    self.users = (0..<users).map { name("user\($0)") }
    random = SplitMix(state: seed)
    hub = TestHub(shards: shards) {
      $0.historyMaxEvents = 150
      $0.maxConnectionsPerUser = 4
    }
  }

  mutating func step() throws {
    switch random.next(below: 10) {
    case 0: try connect()
    case 1: end()
    case 2: _ = continueSomeReplay()
    default: publish()
    }
  }

  private mutating func connect() throws {
    let user = random.next(below: users.count)
    let position = UInt64(random.next(below: Int(sequence) + 2))
    let hasPosition = random.next(below: 3) > 0
    let request = hub.request(users[user].text, lastEventID: hasPosition ? "7-\(position)" : nil)
    guard case .opened(let opening) = hub.manager.createConnection(request, now: hub.now) else {
      throw TestHub.NotOpened()
    }
    for departure in opening.replaced {
      for index in clients.indices where clients[index].id == departure.connection { clients[index].isEnded = true }
    }
    let kept = log.filter(\.isKept)
    let floor = kept.count > 150 ? kept[kept.count - 151].sequence : 0
    let isWhole = hasPosition && position <= sequence && position >= floor
    #expect(opening.replay == (hasPosition ? (isWhole ? .complete : .gap) : .none), "seed \(seed)")
    // After a gap comes what is still held.
    let after = isWhole ? position : floor
    let missed = hasPosition ? kept.filter { $0.sequence > after && isFor(user, $0.audience) } : []
    clients.append(
      Client(user: user, stream: opening.stream, id: request.id, expected: missed.map(\.sequence)))
    // A replay must end before its events leave the history; otherwise the real shard closes the stream.
    while hub.shard(of: opening.stream).continueReplay(of: opening.stream, from: hub.manager, now: hub.now) {}
  }

  private mutating func end() {
    guard let index = clients.indices.filter({ !clients[$0].isEnded }).randomElement(using: &random) else { return }
    clients[index].isEnded = true
    if random.next(below: 2) == 0 {
      _ = hub.manager.closeConnection(clients[index].id, reason: .disconnected, detail: nil, now: hub.now)
    } else {
      #expect(
        hub.manager.streamEnded(clients[index].stream, reason: .clientClosed, now: hub.now) != nil, "seed \(seed)")
    }
    hub.manager.release(clients[index].stream)
    let stream = clients[index].stream
    hub.shard(of: stream).state.withLock { $0.streams[stream]?.isEnded = true }
  }

  private mutating func continueSomeReplay() -> Bool {
    guard let client = clients.randomElement(using: &random) else { return false }
    return hub.shard(of: client.stream).continueReplay(of: client.stream, from: hub.manager, now: hub.now)
  }

  private mutating func publish() {
    let target: Target =
      switch random.next(below: 3) {
      case 0: .everyone
      case 1: .user(users[random.next(below: users.count)])
      default: .users(Array(users.shuffled(using: &random).prefix(1 + random.next(below: 3))))
      }
    let ttl = random.next(below: 5) == 0 ? 0 : nil
    sequence += 1
    let receivers = clients.indices.filter { !clients[$0].isEnded && isFor(clients[$0].user, target) }
    let publication = hub.publish("\(sequence)", to: target, ttl: ttl)
    #expect(
      publication == .accepted(EventID(epoch: 7, sequence: sequence), sentCount: receivers.count), "seed \(seed)")
    for index in receivers { clients[index].expected.append(sequence) }
    log.append(Published(sequence: sequence, audience: target, isKept: ttl != 0))
  }

  private func isFor(_ user: Int, _ target: Target) -> Bool {
    switch target {
    case .topic(let topic): topic == .everyone || topic == .user(users[user])
    case .topics(let several): several.contains(.user(users[user]))
    case .connection: false
    }
  }

  func check() {
    for client in clients {
      let received = hub.shard(of: client.stream).received(client.stream).filter { $0.contains("event: message") }
      #expect(received == client.expected.map { event(Int($0), "\($0)") }, "seed \(seed)")
    }
    let statistics = hub.manager.statistics(now: hub.now)
    #expect(statistics.totalConnections == clients.filter { !$0.isEnded }.count, "seed \(seed)")
    #expect(statistics.totalUsers == Set(clients.filter { !$0.isEnded }.map(\.user)).count, "seed \(seed)")
  }
}

/// Sebastiano Vigna's SplitMix64: small, seeded, the same everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
