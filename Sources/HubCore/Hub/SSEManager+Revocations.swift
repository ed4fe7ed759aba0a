package import HubProtocol
import Synchronization

/// Whose tokens are refused, and whose streams end because of it.
extension SSEManager {
  /// So many streams are closed at a time, so that nobody else waits long.
  private static let closedAtOnce = 256

  /// What is against a token that is otherwise good; nil for nothing. Where nothing was taken from anybody, that is all
  /// that is looked at.
  package func verdict(on user: UserID, issuedAt: UInt32, now: Moment) -> RevocationVerdict? {
    guard hasRevocations.load(ordering: .acquiring) else { return nil }
    return state.withLock { $0.revocations.verdict(on: user, issuedAt: issuedAt, now: now.wall) }
  }

  /// What would be taken from a user after one more step; nil where it would be one user more than allowed.
  package func revocation(of user: UserID, after step: Revocation.Step, now: Moment) -> Revocation? {
    state.withLock { state in
      endRevocations(in: &state, now: now)
      let next = state.revocations.revocation(of: user).after(step, now: now.wall, age: state.options.revocationAge)
      let isTooMany =
        state.revocations.isOfAnother(next, now: now.wall)
        && state.revocations.count >= state.options.maxRevocations
      return isTooMany ? nil : next
    }
  }

  /// Has it in force from now on, and ends the streams of the user whose token is refused.
  ///
  /// - Parameter detail: What whoever asked for it gave as the reason.
  package func enforce(_ revocation: Revocation, detail: String? = nil, now: Moment) -> [Departure] {
    let streams = decide(now: now) { state in
      state.revocations.set(revocation, now: now.wall)
      noteRevocations(in: state)
      if revocation.blockedUntil > now.wall { state.presence.endGrace(of: revocation.user) }
      return state.registry.streams(of: .user(revocation.user))
    }
    // From here on no such token opens a stream, or renews one: there are no others than these.
    let frames = ClosingFrames(detail: detail)
    var departures: [Departure] = []
    var rest = streams[...]
    while !rest.isEmpty {
      departures += decide(now: now) { state in
        rest.prefix(Self.closedAtOnce).compactMap { close($0, refusedBy: revocation, frames, in: &state, now: now) }
      }
      rest = rest.dropFirst(Self.closedAtOnce)
    }
    return departures
  }

  /// What streams are told that end together.
  private struct ClosingFrames {
    let revoked = SystemEvents.close(.revoked)
    let blocked: Frame

    init(detail: String?) { blocked = SystemEvents.close(.disconnected, detail: detail) }
  }

  private func close(
    _ stream: StreamRef, refusedBy revocation: Revocation, _ frames: ClosingFrames, in state: inout State, now: Moment
  ) -> Departure? {
    // It may have ended meanwhile, or go on under a newer token.
    guard let issuedAt = state.registry.issuedAt(of: stream) else { return nil }
    switch state.revocations.verdict(on: revocation.user, issuedAt: issuedAt, now: now.wall) {
    case .revoked: return close(stream, .revoked, with: frames.revoked, in: &state, now: now)
    case .blocked: return close(stream, .disconnected, with: frames.blocked, in: &state, now: now)
    case nil: return nil
    }
  }

  /// Forgets what is over.
  func endRevocations(in state: inout State, now: Moment) {
    guard !state.revocations.isEmpty else { return }
    state.revocations.removeExpired(now: now.wall)
    noteRevocations(in: state)
  }

  private func noteRevocations(in state: borrowing State) {
    hasRevocations.store(!state.revocations.isEmpty, ordering: .releasing)
  }
}
