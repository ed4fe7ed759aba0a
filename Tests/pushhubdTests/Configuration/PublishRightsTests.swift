import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct PublishRightsTests {
  private func rights(_ rules: String...) throws -> PublishRights {
    PublishRights(try rules.map { rule throws(ValueProblem) in try PublishRule(rule, .test()) })
  }

  private func user(_ id: String) throws -> UserID { try #require(UserID(id)) }

  /// `push *`, `push user:42 notice`, `close conn`, `connections user:42`, `listen users topics:a/`, `watch topics:`,
  /// `listen all`, `stats`.
  private func action(_ text: String) throws -> PublishAction {
    let words = text.split(separator: " ").map(String.init)
    let right = try #require(PublishRule.Rights.words.first { $0.word == words[0] }).rights
    guard right == .push else { return PublishAction(right: right, subjects: try words.dropFirst().flatMap(subjects)) }
    let type = try #require(EventType(words.count > 2 ? words[2] : "message"))
    return PublishAction(right: right, subjects: try subjects(words[1]), event: type)
  }

  private func subjects(_ text: String) throws -> [PublishAction.Subject] {
    if text == "*" { return [.topic(.everyone)] }
    if text == "conn" { return [.connection] }
    if text == "users" { return [.users] }
    if text == "all" { return [.everything] }
    if text.hasPrefix("topics:") { return [.topics(beginning: String(text.dropFirst(7)))] }
    if text.hasPrefix("topic:") { return [.topic(.named(try #require(TopicName(String(text.dropFirst(6))))))] }
    return try text.dropFirst(5).split(separator: ",").map { .topic(.user(try user(String($0)))) }
  }

  private func allow(_ rights: PublishRights, _ text: String, uid: UInt32 = 7, gids: [UInt32] = [7]) throws -> Bool {
    rights.allow(try action(text), uid: uid, gids: gids)
  }

  @Test(arguments: [
    "push *", "push user:42 notice", "push user:1,2", "push conn", "close user:42", "connections user:42",
    "subscribe user:42 topic:a", "stats", "explain",
  ])
  func byDefaultWhoMayOpenTheSocketMayPublish(text: String) throws {
    #expect(try allow(.standard, text, uid: 1234) && allow(.standard, text, uid: 0))
    #expect(Settings().publish.allow == .standard)
  }

  @Test(arguments: [
    "listen user:42", "listen users", "listen topic:a", "listen topics:", "listen *", "listen conn", "listen all",
    "watch users", "watch topic:a", "watch topics:a/", "revoke user:42",
  ])
  func byDefaultRootAloneMayDoTheRest(text: String) throws {
    #expect(try allow(.standard, text, uid: 0))
    for gids: [UInt32] in [[], [0]] { #expect(try !allow(.standard, text, uid: 1234, gids: gids)) }
  }

  @Test func theDefaultIsWrittenAsItIsRead() throws {
    for rule in PublishRule.standard where rule.who == .everyone {
      #expect(try PublishRule(rule.text, .test()) == rule)
    }
    #expect(try rights("everyone publish", "user=0 all").rules.map(\.rights) == PublishRule.standard.map(\.rights))
    #expect(PublishRights.standard.ofEveryone == .publish)
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
    (
      "everyone publish",
      ["push *", "close conn", "subscribe user:1 topic:a", "connections user:1", "stats", "explain"],
      ["listen user:1", "watch users", "revoke user:1"]
    ),
    ("everyone all", ["listen all", "watch users", "revoke user:1", "push *", "stats"], []),
    (
      "everyone listen",
      ["listen all", "listen users", "listen topics:", "listen *", "listen conn", "listen user:1 topic:a *"],
      ["watch users", "revoke user:1", "push *", "stats"]
    ),
    (
      "everyone listen to=topic:a/*",
      ["listen topic:a/b", "listen topic:a/b topic:a/c", "listen topics:a/", "listen topics:a/b/"],
      [
        "listen topic:a", "listen topic:b", "listen topics:", "listen topics:a", "listen topics:b/", "listen all",
        "listen users", "listen user:a/b", "listen *", "listen conn", "listen topic:a/b all", "listen topic:a/b *",
        "watch topic:a/b",
      ]
    ),
    (
      "everyone listen to=topic:*", ["listen topics:", "listen topics:a/", "listen topic:a"],
      ["listen all", "listen users", "listen *", "listen conn"]
    ),
    (
      "everyone listen watch to=topic:a", ["listen topic:a", "watch topic:a"],
      ["listen topics:", "listen topics:a/", "listen topics:a", "watch topics:a/", "watch users"]
    ),
    (
      "everyone listen to=user:4*", ["listen user:4", "listen user:42"],
      ["listen users", "listen user:5", "listen user:42 user:5", "listen topic:42"]
    ),
    ("everyone listen watch to=user:*", ["listen users", "watch users", "listen user:1"], ["listen all", "listen *"]),
    ("everyone listen to=*", ["listen *"], ["listen all", "listen users", "listen user:1", "listen topics:"]),
    ("everyone listen to=conn:*", ["listen conn"], ["listen all", "listen *", "listen user:1"]),
    ("everyone all to=user:* to=topic:* to=conn:* to=*", ["listen users topics: conn *"], ["listen all"]),
    ("everyone revoke to=user:a-*", ["revoke user:a-1"], ["revoke user:b", "listen user:a-1", "close user:a-1"]),
    ("everyone revoke to=topic:*", [], ["revoke user:a"]),
  ])
  func aRuleGivesWhatItSays(rule: String, allowed: [String], refused: [String]) throws {
    let rights = try rights(rule)
    for text in allowed { #expect(try allow(rights, text), "\(text)") }
    for text in refused { #expect(try !allow(rights, text), "\(text)") }
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
    for (uid, gids) in those { #expect(try allow(rights, "stats", uid: uid, gids: gids)) }
    for (uid, gids) in others { #expect(try !allow(rights, "stats", uid: uid, gids: gids)) }
  }

  /// Each user needs a rule, but not the same one; an event type and a target need one rule that has both.
  @Test func rulesAddUp() throws {
    let rights = try rights("user=5 push to=user:1", "group=6 push to=user:2", "user=5 push to=* event=a")
    #expect(try allow(rights, "push user:1,2", uid: 5, gids: [6]))
    #expect(try !allow(rights, "push user:1,2", uid: 5, gids: []))
    #expect(try allow(rights, "push * a", uid: 5, gids: []))
    #expect(try !allow(rights, "push * b", uid: 5, gids: []))
    #expect(try !allow(PublishRights([]), "stats", uid: 0, gids: [0]))
  }

  /// What everyone has without limits is known without looking at the rules.
  @Test(
    arguments: [
      (["user=5 all", "everyone all"], .all), (["everyone publish", "everyone watch"], [.publish, .watch]),
      (["everyone push close event=a"], .close), (["everyone publish to=*"], []), (["user=0 all"], []), ([], []),
    ] as [([String], PublishRule.Rights)])
  func whatEveryoneMayIsKnown(rules: [String], expected: PublishRule.Rights) throws {
    let rights = PublishRights(try rules.map { rule throws(ValueProblem) in try PublishRule(rule, .test()) })
    #expect(rights.ofEveryone == expected)
  }

  /// Names are compared byte by byte: é is one scalar or two.
  @Test func namesAreComparedExactly() throws {
    let rights = try rights("everyone push to=user:caf\u{E9}")
    #expect(try allow(rights, "push user:caf\u{E9}"))
    #expect(try !allow(rights, "push user:cafe\u{301}"))
  }
}
