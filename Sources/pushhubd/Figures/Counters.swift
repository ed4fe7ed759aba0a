import HubCore
import HubProtocol
import Synchronization

/// A count that any thread may add to.
final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)

  var value: UInt64 { count.load(ordering: .relaxed) }
  func add(_ number: UInt64 = 1) { count.add(number, ordering: .relaxed) }
}

/// One count for each case.
struct CounterSet<Key: Hashable & CaseIterable & Sendable>: Sendable {
  private let counters: [Key: Counter]

  init() { counters = Dictionary(uniqueKeysWithValues: Key.allCases.map { ($0, Counter()) }) }

  func add(_ key: Key) { counters[key]?.add() }
  subscript(key: Key) -> UInt64 { counters[key]?.value ?? 0 }
}

/// What the hub counts outside of `SSEManager` and the shards: once for each command, request or token, never for a
/// delivery.
struct Counters: Sendable {
  /// `ERR` replies.
  let commandErrors = CounterSet<ErrorCode>()
  let httpAnswers = CounterSet<Status>()
  let httpRefusals = CounterSet<ProblemCode>()
  let tokenRefusals = CounterSet<TokenRefusal.Reason>()
  let publisherConnects = Counter()
}

extension TokenRefusal.Reason {
  /// As metrics name it.
  var label: String {
    switch self {
    case .tooLarge: "too-large"
    case .malformed: "malformed"
    case .algorithm: "algorithm"
    case .unknownKey: "unknown-key"
    case .badSignature: "bad-signature"
    case .keyNotNamed: "key-not-named"
    case .expired: "expired"
    case .notYetValid: "not-yet-valid"
    case .wrongIssuer: "wrong-issuer"
    case .wrongAudience: "wrong-audience"
    case .noUser: "no-user"
    case .revoked: "revoked"
    }
  }
}
