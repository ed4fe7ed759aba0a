import DequeModule
import HubProtocol

/// The idempotency keys of the last minutes: for each publisher those it used, with what it published under each and
/// the reply that this got.
///
/// When there are as many as allowed, keyed messages are refused and no key is forgotten early: that would deliver a
/// repeated message twice.
struct RecentKeys {
  struct Limits: Sendable, Hashable {
    var maxKeys = 262_144
    /// How long a key is remembered, in milliseconds.
    var maxAge: Int64 = 600_000

    /// A quarter: one publisher cannot take the keys of all others.
    var maxKeysOfPublisher: Int { (maxKeys + 3) / 4 }
  }

  /// Whose keys they are. All processes of one uid are one publisher, as one that lost a reply may repeat its message
  /// after a restart.
  enum Owner: Hashable {
    case uid(UInt32)
    case user(UserID)
    case unknown

    init(_ publisher: PublisherIdentity) {
      switch publisher {
      case .process(_, let uid): self = .uid(uid)
      case .user(let user): self = .user(user)
      case .unknown: self = .unknown
      }
    }
  }

  /// A key as somebody wants to use it.
  struct Claim {
    let owner: Owner
    let key: IdempotencyKey
    /// Of target, type and data: what is published under the key again must be the same.
    let fingerprint: Int

    init(_ key: IdempotencyKey, for message: Message, to target: Target, from publisher: PublisherIdentity) {
      owner = Owner(publisher)
      self.key = key
      var hasher = Hasher()
      Self.combine(target, into: &hasher)
      message.type.hash(into: &hasher)
      // Read within the closure.
      message.data.withUnsafeBytes { hasher.combine(bytes: $0) }
      fingerprint = hasher.finalize()
    }

    /// Several users or topics are the same target in any order: a program may keep them in a set.
    private static func combine(_ target: Target, into hasher: inout Hasher) {
      guard case .topics(let topics) = target else { return target.hash(into: &hasher) }
      hasher.combine(topics.count)
      hasher.combine(topics.reduce(0) { $0 &+ $1.hashValue })
    }
  }

  enum Finding: Hashable {
    case new
    /// The same was published before, with this outcome.
    case repeated(Publication)
    /// Something else was.
    case reused
    case full(retryAfter: Int64)
  }

  private struct Use {
    let fingerprint: Int
    let id: EventID
    let sentCount: Int
  }

  var limits: Limits
  private(set) var count = 0
  private var uses: [Owner: [IdempotencyKey: Use]] = [:]
  /// In the order of their first use; `at` is monotonic.
  private var order: Deque<(owner: Owner, key: IdempotencyKey, at: Int64)> = []

  init(limits: Limits) { self.limits = limits }

  /// What is known of a key; `now` is monotonic.
  mutating func find(_ claim: Claim, now: Int64) -> Finding {
    forgetExpired(now: now)
    let own = uses[claim.owner]
    if let use = own?[claim.key] {
      guard use.fingerprint == claim.fingerprint else { return .reused }
      return .repeated(.accepted(use.id, sentCount: use.sentCount))
    }
    guard count < limits.maxKeys, (own?.count ?? 0) < limits.maxKeysOfPublisher else {
      // Until the first of all is forgotten, or of this publisher's, which may be later.
      return .full(retryAfter: max(1000, (order.first?.at ?? now) + limits.maxAge - now))
    }
    return .new
  }

  /// Remembers the first use of a key that was found to be new.
  mutating func remember(_ claim: Claim, id: EventID, sentCount: Int, now: Int64) {
    let use = Use(fingerprint: claim.fingerprint, id: id, sentCount: sentCount)
    guard uses[claim.owner, default: [:]].updateValue(use, forKey: claim.key) == nil else { return }
    count += 1
    order.append((claim.owner, claim.key, now))
  }

  mutating func forgetExpired(now: Int64) {
    while let first = order.first, first.at + limits.maxAge <= now {
      order.removeFirst()
      count -= 1
      uses[first.owner]?[first.key] = nil
      if uses[first.owner]?.isEmpty ?? false { uses[first.owner] = nil }
    }
  }
}
