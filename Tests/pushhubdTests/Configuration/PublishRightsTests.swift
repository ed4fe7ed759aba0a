import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct PublishRightsTests {
  private func rights(_ rules: String...) throws -> PublishRights {
    PublishRights(try rules.map { rule throws(ValueProblem) in try PublishRule(rule, .test()) })
  }

  private func user(_ id: String) throws -> UserID { try #require(UserID(id)) }

  /// `push *`, `push user:42 notice`, `close conn`, `connections user:42`, `stats`.
  private func action(_ text: String) throws -> PublishAction {
    let words = text.split(separator: " ").map(String.init)
    switch words[0] {
    case "push": return .push(try target(words[1]), try #require(EventType(words.count > 2 ? words[2] : "message")))
    case "close": return .close(try target(words[1]))
    case "connections": return .connections(try target(words[1]))
    case "explain": return .explain
    default: return .stats
    }
  }

  private func target(_ text: String) throws -> Target {
    if text == "*" { return .everyone }
    if text == "conn" { return .connection(ConnectionID(high: 1, low: 2)) }
    let ids = try text.dropFirst(5).split(separator: ",").map { try user(String($0)) }
    return ids.count == 1 ? .user(ids[0]) : .users(ids)
  }

  @Test(arguments: [
    "push *", "push user:42 notice", "push user:1,2", "push conn", "close user:42", "connections user:42", "stats",
    "explain",
  ])
  func byDefaultEveryoneMayDoEverything(text: String) throws {
    #expect(PublishRights.unrestricted.decide(uid: 1234, gids: [], try action(text)))
    #expect(Settings().publish.allow.isUnrestricted)
  }

  @Test(arguments: [
    (
      "everyone push", ["push *", "push conn", "push user:42 x", "push user:1,2"],
      ["close user:42", "connections user:42", "stats", "explain"]
    ),
    (
      "everyone close", ["close user:42", "close user:1,2", "close conn"],
      ["push user:42", "connections user:42", "stats"]
    ),
    ("everyone connections", ["connections user:42", "connections conn"], ["stats", "push *", "close user:42"]),
    ("everyone stats", ["stats"], ["connections user:42", "push *", "close user:42", "explain"]),
    ("everyone explain", ["explain"], ["connections user:42", "push *", "close user:42", "stats"]),
    ("everyone push to=*", ["push *"], ["push user:42", "push conn", "push user:1,2"]),
    (
      "everyone push to=user:42", ["push user:42"],
      ["push *", "push user:4", "push user:421", "push user:42,43", "push conn"]
    ),
    (
      "everyone all to=user:a-*",
      ["push user:a-", "push user:a-1,a-2", "close user:a-1", "connections user:a-1", "stats"],
      ["push user:a", "push user:a-1,b-1", "push *", "close user:b", "close conn", "connections user:b"]
    ),
    ("everyone push close to=user:* to=conn:*", ["push user:42", "push conn", "close conn"], ["push *", "stats"]),
    (
      "everyone push event=notice", ["push * notice", "push user:42 notice"],
      ["push * message", "push * notice2", "push * notic"]
    ),
    (
      "everyone push event=deploy.* event=x", ["push * deploy.done", "push * deploy.", "push * x"],
      ["push * deploy", "push * xx"]
    ),
    ("everyone push event=*", ["push * anything"], ["stats"]),
    ("everyone push to=user:%2A event=a%2Cb", ["push user:* a,b"], ["push user:42 a,b", "push user:* a"]),
    ("everyone push close event=a", ["push * a", "close user:42"], ["push * b"]),
  ])
  func aRuleGivesWhatItSays(rule: String, allowed: [String], refused: [String]) throws {
    let rights = try rights(rule)
    for text in allowed { #expect(rights.decide(uid: 7, gids: [7], try action(text)), "\(text)") }
    for text in refused { #expect(!rights.decide(uid: 7, gids: [7], try action(text)), "\(text)") }
    #expect(!rights.isUnrestricted)
  }

  @Test(
    arguments: [
      ("everyone stats", [(0, []), (7, [7])], []),
      ("user=1001 stats", [(1001, []), (1001, [5])], [(0, [0]), (5, [1001])]),
      ("user=deploy stats", [(1001, [])], [(1002, [])]),
      ("group=billing stats", [(5, [2001]), (5, [1, 2001])], [(2001, [5]), (0, [0])]),
      ("group=4 stats", [(5, [4])], [(4, [])]),
    ] as [(String, [(UInt32, [UInt32])], [(UInt32, [UInt32])])])
  func aRuleIsForWhomItNames(rule: String, those: [(UInt32, [UInt32])], others: [(UInt32, [UInt32])]) throws {
    let rights = try rights(rule)
    for (uid, gids) in those { #expect(rights.decide(uid: uid, gids: gids, .stats)) }
    for (uid, gids) in others { #expect(!rights.decide(uid: uid, gids: gids, .stats)) }
  }

  /// Each user needs a rule, but not the same one; an event type and a target need one rule that has both.
  @Test func rulesAddUp() throws {
    let rights = try rights("user=5 push to=user:1", "group=6 push to=user:2", "user=5 push to=* event=a")
    #expect(rights.decide(uid: 5, gids: [6], try action("push user:1,2")))
    #expect(!rights.decide(uid: 5, gids: [], try action("push user:1,2")))
    #expect(rights.decide(uid: 5, gids: [], try action("push * a")))
    #expect(!rights.decide(uid: 5, gids: [], try action("push * b")))
    #expect(try self.rights("user=5 push", "everyone all").isUnrestricted)
    #expect(!PublishRights([]).decide(uid: 0, gids: [0], .stats))
  }

  /// Names are compared byte by byte: é is one scalar or two.
  @Test func namesAreComparedExactly() throws {
    let rights = try rights("everyone push to=user:caf\u{E9}")
    #expect(rights.decide(uid: 1, gids: [], .push(.user(try user("caf\u{E9}")), .message)))
    #expect(!rights.decide(uid: 1, gids: [], .push(.user(try user("cafe\u{301}")), .message)))
  }
}
