import HubCore
import HubProtocol

@testable import pushhubd

/// A hub that is full, so that no stream is opened, and knows only one token.
final class FuzzHub: HTTPHub {
  let manager: SSEManager
  let httpRules = HTTPRules(HTTPOptions(maxHeaderBytes: 2048, maxBodyBytes: 512))

  init() {
    var options = HubOptions()
    options.maxConnections = 0
    manager = SSEManager(
      options: options, epoch: 7, shards: [NoShard()], now: Moment(wall: 1_765_368_000_000, monotonic: 1_000))
  }

  let isDraining = false
  func now() -> Moment { Moment(wall: 1_765_368_000_000, monotonic: 1_000) }
  func randomConnectionID() -> ConnectionID { ConnectionID(high: 1, low: 2) }

  func authenticate(_ token: Substring, now: Moment) throws(TokenRefusal) -> Principal {
    guard token == "good", let user = UserID("9d1f0c3ab7") else { throw .badSignature }
    return Principal(user: user, scopes: [.publish], expiresAt: nil)
  }

  func answer(_ question: API.Question, _ answer: @escaping @Sendable (Answer) -> Void) {
    answer(.json(Array("{}".utf8)))
  }

  func statisticsJSON(now: Moment) -> [UInt8] { Array("{}".utf8) }
  func answered(_ status: Status, _ problem: ProblemCode?) {}
  func originRefused(_ origin: String) {}
  func demoSessionJSON(for user: UserID) -> [UInt8]? { nil }
  func streamOpened(_ request: ConnectionRequest, replaced: [Departure]) {}
  func streamRefused(_ request: ConnectionRequest, reason: String) {}
  func streamsClosed(_ departures: [Departure]) {}
}

private final class NoShard: StreamShard {
  func post(_ instruction: ShardInstruction) {}
  func wake() {}
  var isOverloaded: Bool { false }
  var eventsDelivered: UInt64 { 0 }
}
