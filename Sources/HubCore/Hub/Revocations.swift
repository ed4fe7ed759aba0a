package import HubProtocol

/// What was taken from a user.
package struct Revocation: Hashable, Sendable {
  package let user: UserID
  /// Tokens that were issued before are refused, and one that was issued in this second is not: seconds since 1970.
  package var issuedBefore: UInt32
  /// Until when they are refused, in milliseconds of the wall clock; a time that has passed: they are not.
  package var revokedUntil: Int64
  /// Until when all tokens are refused, in the same way; `Int64.max` for good.
  package var blockedUntil: Int64

  package init(user: UserID, issuedBefore: UInt32 = 0, revokedUntil: Int64 = 0, blockedUntil: Int64 = 0) {
    self.user = user
    self.issuedBefore = issuedBefore
    self.revokedUntil = revokedUntil
    self.blockedUntil = blockedUntil
  }

  /// Nil: nothing is against a token that was issued in that second.
  package func verdict(issuedAt: UInt32, now: Int64) -> RevocationVerdict? {
    if issuedAt < issuedBefore, now < revokedUntil { return .revoked(before: issuedBefore) }
    return now < blockedUntil ? .blocked : nil
  }

  package func isOver(now: Int64) -> Bool { revokedUntil <= now && blockedUntil <= now }

  /// What an operator may do to a user's rights.
  package enum Step: Hashable, Sendable {
    /// Refuses tokens that were issued before a second since 1970; without one, before this second.
    case revoke(before: UInt32?)
    case unrevoke
    /// Refuses all tokens for a time, or for good.
    case block(for: Duration?)
    case unblock
  }

  /// - Parameters:
  ///   - now: milliseconds of the wall clock.
  ///   - age: for how many milliseconds a revocation stands, from the time on before which tokens are refused, where
  ///     that is still to come.
  func after(_ step: Step, now: Int64, age: Int64) -> Revocation {
    var next = self
    switch step {
    case .revoke(let before):
      let before = before ?? UInt32(clamping: now / 1000)
      let stands = revokedUntil > now
      // What is refused stays so until it is unrevoked.
      next.issuedBefore = stands ? max(issuedBefore, before) : before
      next.revokedUntil = max(now, Int64(before) * 1000) + age
      if stands { next.revokedUntil = max(revokedUntil, next.revokedUntil) }
    case .unrevoke:
      next.issuedBefore = 0
      next.revokedUntil = 0
    case .block(let duration):
      next.blockedUntil = duration.map { now + $0.components.seconds * 1000 } ?? .max
    case .unblock: next.blockedUntil = 0
    }
    return next
  }
}

/// Why a token that is otherwise good is refused.
package enum RevocationVerdict: Hashable, Sendable {
  /// It was issued before this second since 1970.
  case revoked(before: UInt32)
  case blocked
}

/// Whose tokens are refused.
struct Revocations {
  private var byUser: [UserID: Revocation] = [:]
  /// None is over before.
  private var nextEnd = Int64.max

  var isEmpty: Bool { byUser.isEmpty }
  var count: Int { byUser.count }

  /// Nil: nothing is against a token of that user which was issued in that second.
  func verdict(on user: UserID, issuedAt: UInt32, now: Int64) -> RevocationVerdict? {
    byUser.isEmpty ? nil : byUser[user]?.verdict(issuedAt: issuedAt, now: now)
  }

  func revocation(of user: UserID) -> Revocation { byUser[user] ?? Revocation(user: user) }

  /// Whether it would be of one user more than these.
  func isOfAnother(_ revocation: Revocation, now: Int64) -> Bool {
    !revocation.isOver(now: now) && byUser[revocation.user] == nil
  }

  /// Takes the place of what was there of that user.
  mutating func set(_ revocation: Revocation, now: Int64) {
    guard !revocation.isOver(now: now) else {
      byUser[revocation.user] = nil
      return
    }
    byUser[revocation.user] = revocation
    nextEnd = min(nextEnd, revocation.end)
  }

  mutating func removeExpired(now: Int64) {
    guard nextEnd <= now else { return }
    byUser = byUser.filter { !$0.value.isOver(now: now) }
    nextEnd = byUser.values.reduce(.max) { min($0, $1.end) }
  }
}

extension Revocation {
  /// When it is over.
  fileprivate var end: Int64 { max(revokedUntil, blockedUntil) }
}
