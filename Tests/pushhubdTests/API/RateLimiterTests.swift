import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct RateLimiterTests {
  private let anna = UserID("anna")
  private let bert = UserID("bert")

  @Test func burstIsTwiceTheRate() throws {
    let anna = try #require(anna)
    var limiter = RateLimiter(requestsPerSecond: 10)
    for _ in 0..<20 { #expect(limiter.request(of: anna, now: 5_000) == .allowed) }
    #expect(limiter.request(of: anna, now: 5_000) == .refused(retryAfter: 1))
    #expect(limiter.request(of: anna, now: 5_099) == .refused(retryAfter: 1))
    #expect(limiter.request(of: anna, now: 5_100) == .allowed)
    #expect(limiter.request(of: anna, now: 5_100) == .refused(retryAfter: 1))
  }

  @Test func usersDoNotPayForEachOther() throws {
    let (anna, bert) = (try #require(anna), try #require(bert))
    var limiter = RateLimiter(requestsPerSecond: 1)
    for _ in 0..<2 { #expect(limiter.request(of: anna, now: 0) == .allowed) }
    #expect(limiter.request(of: anna, now: 0) == .refused(retryAfter: 1))
    #expect(limiter.request(of: bert, now: 0) == .allowed)
  }

  @Test func longRunKeepsToTheRate() throws {
    let anna = try #require(anna)
    var limiter = RateLimiter(requestsPerSecond: 100)
    let allowed = (0..<10_000).filter { limiter.request(of: anna, now: Int64($0)) == .allowed }.count
    // Ten seconds' worth and the burst.
    #expect((1_199...1_201).contains(allowed))
  }

  @Test func noLimitIsNoLimit() throws {
    let anna = try #require(anna)
    var limiter = RateLimiter(requestsPerSecond: 0)
    for _ in 0..<10_000 { #expect(limiter.request(of: anna, now: 0) == .allowed) }
  }

  @Test func newLimitHoldsAtOnce() throws {
    let anna = try #require(anna)
    var limiter = RateLimiter(requestsPerSecond: 1)
    while limiter.request(of: anna, now: 0) == .allowed {}
    limiter.requestsPerSecond = 5
    #expect(limiter.request(of: anna, now: 0) == .allowed)
  }

  @Test func manyUsersDoNotMakeItForgetWhoIsFast() throws {
    let anna = try #require(anna)
    var limiter = RateLimiter(requestsPerSecond: 1)
    for _ in 0..<2 { #expect(limiter.request(of: anna, now: 0) == .allowed) }
    for number in 0..<(RateLimiter.maxUsers - 1) {
      #expect(limiter.request(of: try #require(UserID("\(number)")), now: 0) == .allowed)
    }
    #expect(limiter.request(of: anna, now: 0) != .allowed)
  }
}
