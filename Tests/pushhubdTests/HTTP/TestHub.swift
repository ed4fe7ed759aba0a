import HubCore
import HubProtocol
import Synchronization

@testable import pushhubd

/// A hub whose streams go nowhere. A token is its user's name, with `+publish`, `+admin` or `+bad` behind it.
final class TestHub: HTTPHub {
  struct State {
    var rules: HTTPRules
    var now = Moment(wall: 1_765_368_000_000, monotonic: 1_000)
    var isDraining = false
    var opened: [ConnectionRequest] = []
    var refusedOrigins: [String] = []
    var nextID: UInt64 = 0
  }

  let shard = SilentShard()
  let manager: SSEManager
  let state: Mutex<State>

  init(_ options: HTTPOptions = HTTPOptions(), hubOptions: HubOptions = HubOptions()) {
    state = Mutex(State(rules: HTTPRules(options)))
    let now = state.withLock { $0.now }
    manager = SSEManager(options: hubOptions, epoch: 7, shards: [shard], now: now)
  }

  var httpRules: HTTPRules { state.withLock { $0.rules } }
  var isDraining: Bool { state.withLock { $0.isDraining } }
  func now() -> Moment { state.withLock { $0.now } }

  func randomConnectionID() -> ConnectionID {
    state.withLock { state in
      state.nextID += 1
      return ConnectionID(high: 0, low: state.nextID)
    }
  }

  func authenticate(_ token: Substring, now: Moment) throws(TokenRefusal) -> Principal {
    let parts = token.split(separator: "+").map(String.init)
    guard !parts.contains("bad"), let user = UserID(parts[0]) else { throw .badSignature }
    let scopes = parts.dropFirst().reduce(into: Scopes()) { $0.insert(Scopes(list: "pushhub:\($1)")) }
    return Principal(user: user, scopes: scopes, expiresAt: parts.contains("eternal") ? nil : now.wall + 3_600_000)
  }

  func answer(_ question: API.Question, _ answer: @escaping @Sendable (Answer) -> Void) {
    answer(self.answer(to: question))
  }

  func answer(to question: API.Question) -> Answer {
    switch question {
    case .connections: .json(Array(#"{"connections":[]}"#.utf8))
    case .metrics: Answer(.ok, contentType: "text/plain", body: Array("# nothing\n".utf8))
    }
  }

  func statisticsJSON(now: Moment) -> [UInt8] { Array("{}".utf8) }
  func answered(_ status: Status, _ problem: ProblemCode?) {}
  func originRefused(_ origin: String) { state.withLock { $0.refusedOrigins.append(origin) } }
  func demoSessionJSON(for user: UserID) -> [UInt8]? { Array("{}".utf8) }
  func streamOpened(_ request: ConnectionRequest, replaced: [Departure]) {
    state.withLock { $0.opened.append(request) }
  }
  func streamRefused(_ request: ConnectionRequest, reason: String) {}
  func streamsClosed(_ departures: [Departure]) {}
}

/// A shard that keeps what it is told.
final class SilentShard: StreamShard {
  private let letters = Mutex<[ShardInstruction]>([])

  func post(_ instruction: ShardInstruction) { letters.withLock { $0.append(instruction) } }
  func wake() {}
  var isOverloaded: Bool { false }
  var eventsDelivered: UInt64 { 0 }

  /// Of the streams that were opened.
  var openedSockets: [CInt] {
    letters.withLock { $0.compactMap { if case .open(let opening) = $0 { opening.socket } else { nil } } }
  }

  var frames: [String] {
    letters.withLock { letters in
      letters.compactMap {
        switch $0 {
        case .send(let frame, _), .broadcast(let frame): String(decoding: frame.bytes(isChunked: false), as: UTF8.self)
        default: nil
        }
      }
    }
  }
}
