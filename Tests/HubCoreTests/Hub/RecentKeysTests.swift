import HubProtocol
import Testing

@testable import HubCore

@Suite struct RecentKeysTests {
  private static let minute: Int64 = 60_000

  private static func claim(
    _ key: String, _ data: String = "1", to target: Target = .everyone, type: String = "notice", uid: UInt32 = 1,
    pid: Int32 = 1, ttl: Int? = nil
  ) throws -> RecentKeys.Claim {
    let message = Message(type: try #require(EventType(type)), data: Array(data.utf8), ttl: ttl)
    return RecentKeys.Claim(
      try #require(IdempotencyKey(key)), for: message, to: target, from: .process(pid: pid, uid: uid))
  }

  private static func id(_ sequence: UInt64) -> EventID { EventID(epoch: 7, sequence: sequence) }

  private static func keys(_ maxKeys: Int = 8) -> RecentKeys {
    RecentKeys(limits: RecentKeys.Limits(maxKeys: maxKeys, maxAge: 10 * minute))
  }

  @Test func theSameMessageUnderTheSameKeyGetsTheFirstReply() throws {
    var keys = Self.keys()
    let found1 = keys.find(try Self.claim("k"), now: 0)
    #expect(found1 == .new)
    keys.remember(try Self.claim("k"), id: Self.id(1), sentCount: 3, now: 0)
    // Another process of the same uid, and another ttl, are no other message.
    let found2 = keys.find(try Self.claim("k", pid: 2, ttl: 5), now: 1)
    #expect(found2 == .repeated(.accepted(Self.id(1), sentCount: 3)))
  }

  @Test(arguments: [
    ("2", Target.everyone, "notice"), ("1", .everyone, "other"), ("1", .user(name("anna")), "notice"),
    ("1 ", .everyone, "notice"),
  ])
  func anotherMessageUnderTheSameKeyIsNot(data: String, target: Target, type: String) throws {
    var keys = Self.keys()
    keys.remember(try Self.claim("k"), id: Self.id(1), sentCount: 0, now: 0)
    let found3 = keys.find(try Self.claim("k", data, to: target, type: type), now: 1)
    #expect(found3 == .reused)
  }

  @Test func theOrderOfSeveralUsersDoesNotMatter() throws {
    var keys = Self.keys()
    let users = [name("anna"), name("bert"), name("carl")]
    keys.remember(try Self.claim("k", to: .users(users)), id: Self.id(1), sentCount: 0, now: 0)
    let found4 = keys.find(try Self.claim("k", to: .users(users.reversed())), now: 0)
    #expect(found4 == .repeated(.accepted(Self.id(1), sentCount: 0)))
    let found5 = keys.find(try Self.claim("k", to: .users([users[0], users[1]])), now: 0)
    #expect(found5 == .reused)
  }

  @Test func eachPublisherHasKeysOfItsOwn() throws {
    var keys = Self.keys()
    let message = Message(type: .message, data: [0x31])
    let key = try #require(IdempotencyKey("7"))
    let publishers: [PublisherIdentity] = [
      .process(pid: 1, uid: 7), .process(pid: 1, uid: 8), .user(name("7")), .user(name("8")), .unknown,
    ]
    for (index, publisher) in publishers.enumerated() {
      let claim = RecentKeys.Claim(key, for: message, to: .everyone, from: publisher)
      let found6 = keys.find(claim, now: 0)
      #expect(found6 == .new)
      keys.remember(claim, id: Self.id(UInt64(index)), sentCount: 0, now: 0)
    }
    #expect(keys.count == publishers.count)
  }

  @Test func onePublisherMayUseAQuarter() throws {
    var keys = Self.keys(8)
    for number in 0..<2 { keys.remember(try Self.claim("\(number)"), id: Self.id(1), sentCount: 0, now: Self.minute) }
    let found7 = keys.find(try Self.claim("2"), now: 2 * Self.minute)
    #expect(found7 == .full(retryAfter: 9 * Self.minute))
    let found8 = keys.find(try Self.claim("0"), now: 0)
    #expect(found8 == .repeated(.accepted(Self.id(1), sentCount: 0)))
    let found9 = keys.find(try Self.claim("2", uid: 2), now: 0)
    #expect(found9 == .new)
  }

  @Test func allPublishersTogetherMayUseAsManyAsTheLimitSays() throws {
    var keys = Self.keys(8)
    for uid in 0..<4 as Range<UInt32> {
      for number in 0..<2 { keys.remember(try Self.claim("\(number)", uid: uid), id: Self.id(1), sentCount: 0, now: 0) }
    }
    let found10 = keys.find(try Self.claim("k", uid: 9), now: 0)
    #expect(found10 == .full(retryAfter: 10 * Self.minute))
    keys.limits.maxKeys = 12
    let found11 = keys.find(try Self.claim("k", uid: 9), now: 0)
    #expect(found11 == .new)
  }

  @Test func aKeyIsForgottenAfterItsTime() throws {
    var keys = Self.keys()
    keys.remember(try Self.claim("a"), id: Self.id(1), sentCount: 0, now: 0)
    keys.remember(try Self.claim("b"), id: Self.id(2), sentCount: 0, now: Self.minute)
    let found12 = keys.find(try Self.claim("a"), now: 10 * Self.minute - 1)
    #expect(found12 == .repeated(.accepted(Self.id(1), sentCount: 0)))
    let found13 = keys.find(try Self.claim("a", "other"), now: 10 * Self.minute)
    #expect(found13 == .new)
    #expect(keys.count == 1)
    keys.limits.maxAge = Self.minute
    keys.forgetExpired(now: 2 * Self.minute)
    #expect(keys.count == 0)
  }
}
