import HubProtocol
import Synchronization
import Testing

@testable import HubCore

struct RevocationsTests {
  /// Milliseconds; the 1000th second since 1970, and a half.
  private static let now: Int64 = 1_000_500
  private static let age: Int64 = 60_000

  private func after(_ steps: Revocation.Step..., at now: Int64 = now) -> Revocation {
    steps.reduce(Revocation(user: name("anna"))) { $0.after($1, now: now, age: Self.age) }
  }

  private func table(_ revocations: Revocation...) -> Revocations {
    var table = Revocations()
    for revocation in revocations { table.set(revocation, now: Self.now) }
    return table
  }

  @Test(
    arguments: [
      (0, .revoked(before: 1000)), (999, .revoked(before: 1000)), (1000, nil), (1001, nil), (.max, nil),
    ] as [(UInt32, RevocationVerdict?)])
  func aTokenOfTheSameSecondIsGood(issuedAt: UInt32, verdict: RevocationVerdict?) {
    #expect(table(after(.revoke(before: nil))).verdict(on: name("anna"), issuedAt: issuedAt, now: Self.now) == verdict)
  }

  @Test func othersAreNotMeant() {
    let table = table(after(.revoke(before: nil), .block(for: nil)))
    #expect(table.verdict(on: name("bert"), issuedAt: 0, now: Self.now) == nil)
    #expect(table.verdict(on: name("Anna"), issuedAt: 0, now: Self.now) == nil)
  }

  @Test(
    arguments: [
      // In the past: a token since then is good.
      (500, 499, true), (500, 500, false), (0, 0, false),
      // Still to come: tokens that are issued until then are refused as well.
      (2000, 1999, true), (2000, 2000, false), (.max, .max - 1, true), (.max, .max, false),
    ] as [(UInt32, UInt32, Bool)])
  func anotherTimeMayBeNamed(before: UInt32, issuedAt: UInt32, isRevoked: Bool) {
    let verdict = table(after(.revoke(before: before))).verdict(on: name("anna"), issuedAt: issuedAt, now: Self.now)
    #expect((verdict == .revoked(before: before)) == isRevoked)
  }

  @Test func aRevocationStandsForItsAge() {
    let table = table(after(.revoke(before: nil)))
    #expect(table.verdict(on: name("anna"), issuedAt: 0, now: Self.now + Self.age - 1) == .revoked(before: 1000))
    #expect(table.verdict(on: name("anna"), issuedAt: 0, now: Self.now + Self.age) == nil)
    // From a time that is still to come on.
    #expect(after(.revoke(before: 5000)).revokedUntil == 5_000_000 + Self.age)
    #expect(after(.revoke(before: 5)).revokedUntil == Self.now + Self.age)
  }

  @Test func anotherRevocationTakesNothingBack() {
    #expect(after(.revoke(before: nil), .revoke(before: 500)) == after(.revoke(before: nil)))
    #expect(after(.revoke(before: 500), .revoke(before: nil)) == after(.revoke(before: nil)))
    #expect(after(.revoke(before: 5000), .unrevoke, .revoke(before: 500)) == after(.revoke(before: 500)))
    // One that is over does not count.
    let later = Self.now + Self.age
    #expect(after(.revoke(before: nil)).after(.revoke(before: 5), now: later, age: Self.age).issuedBefore == 5)
  }

  @Test func aBlockStandsUntilItsEnd() {
    let forGood = table(after(.block(for: nil)))
    #expect(forGood.verdict(on: name("anna"), issuedAt: .max, now: .max - 1) == .blocked)
    let table = table(after(.block(for: .seconds(5))))
    #expect(table.verdict(on: name("anna"), issuedAt: .max, now: Self.now + 4_999) == .blocked)
    #expect(table.verdict(on: name("anna"), issuedAt: .max, now: Self.now + 5_000) == nil)
    #expect(after(.block(for: nil), .block(for: .seconds(5))) == after(.block(for: .seconds(5))), "the last one counts")
  }

  /// What is wrong with the token goes before what is wrong with the user, as it is with every other token.
  @Test func aRevokedTokenOfABlockedUserIsRevoked() {
    let table = table(after(.revoke(before: nil), .block(for: nil)))
    #expect(table.verdict(on: name("anna"), issuedAt: 999, now: Self.now) == .revoked(before: 1000))
    #expect(table.verdict(on: name("anna"), issuedAt: 1000, now: Self.now) == .blocked)
  }

  @Test func oneIsTakenBackWithoutTheOther() {
    #expect(after(.revoke(before: nil), .block(for: nil), .unblock) == after(.revoke(before: nil)))
    #expect(after(.revoke(before: nil), .block(for: nil), .unrevoke) == after(.block(for: nil)))
    #expect(after(.unrevoke, .unblock).isOver(now: 1))
  }

  @Test func whatIsOverIsForgotten() {
    var table = table(after(.revoke(before: nil)), Revocation(user: name("bert"), blockedUntil: Self.now + 10))
    #expect(table.count == 2)
    table.removeExpired(now: Self.now + 9)
    #expect(table.count == 2)
    table.removeExpired(now: Self.now + 10)
    #expect(table.count == 1)
    table.set(after(.revoke(before: nil), .unrevoke), now: Self.now)
    #expect(table.isEmpty)
    table.set(after(.revoke(before: nil)), now: Self.now)
    table.removeExpired(now: Self.now + Self.age)
    #expect(table.isEmpty)
  }
}

struct RevokingTests {
  private let hub = TestHub { $0.maxRevocations = 2 }
  private var isAnybodyRevoked: Bool { hub.manager.hasRevocations.load(ordering: .relaxed) }
  private var second: UInt32 { UInt32(hub.now.wall / 1000) }

  private func request(_ user: String, issuedAt: UInt32) -> ConnectionRequest {
    var request = hub.request(user)
    request.tokenIssuedAt = issuedAt
    return request
  }

  private func enforce(_ user: String, _ step: Revocation.Step, detail: String? = nil) throws -> [Departure] {
    let revocation = try #require(hub.manager.revocation(of: name(user), after: step, now: hub.now))
    return hub.manager.enforce(revocation, detail: detail, now: hub.now)
  }

  @Test func revokingEndsTheStreamsOfOlderTokens() throws {
    let old = try hub.open(request("anna", issuedAt: second - 1))
    let fresh = try hub.open(request("anna", issuedAt: second))
    let other = try hub.open(request("bert", issuedAt: 0))
    #expect(try enforce("anna", .revoke(before: nil)).map(\.reason) == [.revoked])
    #expect(
      hub.shard.received(old.stream)
        == ["event: close\ndata: {\"reason\":\"revoked\",\"reconnect\":true}\n\n"])
    #expect(!hub.shard.isEnded(fresh.stream) && !hub.shard.isEnded(other.stream))
    #expect(hub.manager.statistics(now: hub.now).closesByReason == [.revoked: 1])
    #expect(hub.manager.statistics(now: hub.now).revokedUsers == 1)
  }

  @Test func blockingEndsAllStreamsForGood() throws {
    let stream = try hub.open(request("anna", issuedAt: .max)).stream
    #expect(try enforce("anna", .block(for: nil), detail: "spam").map(\.reason) == [.disconnected])
    let close = "{\"reason\":\"disconnected\",\"reconnect\":false,\"detail\":\"spam\"}"
    #expect(hub.shard.received(stream) == ["id: closed\nevent: close\ndata: \(close)\n\n"])
  }

  @Test func noRevokedTokenOpensAStream() throws {
    _ = try enforce("anna", .revoke(before: nil))
    let old = request("anna", issuedAt: second - 1)
    guard case .tokenRefused(.revoked(second)) = hub.manager.createConnection(old, now: hub.now) else {
      return #expect(Bool(false), "it is let in")
    }
    _ = try hub.open(request("anna", issuedAt: second))
    _ = try enforce("anna", .block(for: .seconds(1)))
    guard case .tokenRefused(.blocked) = hub.manager.createConnection(request("anna", issuedAt: second), now: hub.now)
    else { return #expect(Bool(false), "it is let in") }
    hub.now = hub.now.advanced(by: 1000)
    _ = try hub.open(request("anna", issuedAt: second))
  }

  @Test func aStreamGoesOnUnderTheTokenThatItWasRenewedWith() throws {
    let requests = [request("anna", issuedAt: second - 9), request("anna", issuedAt: second)]
    for request in requests { _ = try hub.open(request) }
    let renew = { [hub] (request: ConnectionRequest, issuedAt: UInt32) in
      hub.manager.renew(
        request.id, for: request.user, tokenExpiresAt: nil, tokenIssuedAt: issuedAt, now: hub.now)
    }
    #expect(renew(requests[0], second) == .renewed)
    #expect(renew(requests[1], second - 1) == .renewed, "an older one is as good as long as nothing is revoked")
    #expect(try enforce("anna", .revoke(before: nil)).map(\.connection) == [requests[1].id])
    #expect(renew(requests[0], second - 1) == .tokenRefused(.revoked(before: second)))
    #expect(renew(requests[0], second) == .renewed)
    _ = try enforce("anna", .unrevoke)
    _ = try enforce("anna", .block(for: nil))
    #expect(renew(requests[0], second) == .tokenRefused(.blocked))
  }

  @Test func whereNothingWasTakenNobodyIsLookedUp() throws {
    #expect(hub.manager.verdict(on: name("anna"), issuedAt: 0, now: hub.now) == nil)
    #expect(!isAnybodyRevoked)
    _ = try enforce("anna", .revoke(before: nil))
    #expect(hub.manager.verdict(on: name("anna"), issuedAt: 0, now: hub.now) == .revoked(before: second))
    #expect(hub.manager.verdict(on: name("bert"), issuedAt: 0, now: hub.now) == nil)
    _ = try enforce("anna", .unrevoke)
    #expect(!isAnybodyRevoked)
  }

  @Test func noMoreUsersAreRevokedThanAllowed() throws {
    _ = try enforce("anna", .revoke(before: nil))
    _ = try enforce("bert", .block(for: .seconds(5)))
    let steps: [Revocation.Step] = [.revoke(before: nil), .block(for: nil)]
    for step in steps { #expect(hub.manager.revocation(of: name("carl"), after: step, now: hub.now) == nil) }
    // What is there already may change, and taking back is always possible.
    _ = try enforce("bert", .revoke(before: nil))
    #expect(try enforce("carl", .unrevoke).isEmpty)
    _ = try enforce("anna", .unrevoke)
    _ = try enforce("carl", .block(for: .seconds(5)))
    hub.now = hub.now.advanced(by: 5000)
    _ = try enforce("dora", .block(for: nil))
  }

  @Test func whatIsOverIsForgottenInTime() throws {
    _ = try enforce("anna", .block(for: .seconds(5)))
    hub.manager.cleanupInactiveConnections(now: hub.now.advanced(by: 4999))
    #expect(hub.manager.statistics(now: hub.now).revokedUsers == 1)
    hub.manager.cleanupInactiveConnections(now: hub.now.advanced(by: 5000))
    #expect(hub.manager.statistics(now: hub.now).revokedUsers == 0)
    #expect(!isAnybodyRevoked)
  }

  @Test(arguments: [255, 256, 257, 1000])
  func manyStreamsOfAUserEndTogether(count: Int) throws {
    let hub = TestHub(shards: 3) { $0.maxConnectionsPerUser = 2000 }
    let streams = try (0..<count).map { _ in try hub.open("anna").stream }
    let revocation = try #require(hub.manager.revocation(of: name("anna"), after: .revoke(before: nil), now: hub.now))
    #expect(hub.manager.enforce(revocation, now: hub.now).count == count)
    for stream in streams { #expect(hub.shard(of: stream).isEnded(stream)) }
    #expect(hub.manager.counts().connections == 0)
  }
}
