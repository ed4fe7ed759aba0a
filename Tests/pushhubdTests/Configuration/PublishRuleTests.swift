import Testing

@testable import pushhubd

struct PublishRuleTests {
  @Test func aRuleIsReadWordByWord() throws {
    let rule = try PublishRule(
      "  group=billing\tpush close  to=user:a%20* to=* to=conn:* event=invoice event=r.* ", .test())
    #expect(rule.who == .group(2001))
    #expect(rule.rights == [.push, .close])
    #expect(rule.targets == [.users(try NamePattern("a%20*")), .everyone, .connections])
    #expect(try PublishRule("everyone push to=topic:a/*", .test()).targets == [.topics(try NamePattern("a/*"))])
    #expect(rule.events == [try NamePattern("invoice"), try NamePattern("r.*")])
    #expect(rule.text == "group=billing push close to=user:a%20* to=* to=conn:* event=invoice event=r.*")
    #expect(try PublishRule(rule.text, .test()) == rule)
  }

  @Test func whatStandsInAPatternIsDecoded() throws {
    let pattern = try NamePattern("a%20b%2A*")
    #expect(pattern.bytes == Array("a b*".utf8) && pattern.isPrefix)
    #expect(try NamePattern("%25").bytes == [0x25])
  }

  @Test(arguments: [
    ("nobody push", "“nobody” does not say who"), ("push", "“push” does not say who"),
    ("user=ghost push", "the system has no user “ghost”"),
    ("group=ghost push", "the system has no group “ghost”"), ("user= push", "the system has no user “”"),
    ("user=4294967295 push", "the system has no user “4294967295”"), ("everyone", "“everyone” gives no right"),
    ("everyone to=*", "“everyone to=*” gives no right"),
    (
      "everyone puhs",
      "“puhs” is none of the rights all, publish, push, close, subscribe, connections, stats, explain, listen, watch, "
        + "revoke, nor to= or event=; did you mean push?"
    ),
    ("everyone PUSH", "“PUSH” is none of the rights"),
    ("everyone close event=a", "“everyone close event=a” limits event types"),
    ("everyone stats to=*", "“everyone stats to=*” limits targets"),
    ("everyone stats explain to=*", "“everyone stats explain to=*” limits targets"),
    ("everyone push to=", "“to=” names no target"),
    ("everyone push to=42", "“to=42” names no target"), ("everyone push to=users:1", "“to=users:1” names no target"),
    ("everyone push to=user:", "“to=user:” names no target"),
    ("everyone push to=conn:conn_x", "“to=conn:conn_x” names no target"),
    ("everyone push to=user:a*b", "“a*b” has a * in its middle"),
    ("everyone push to=user:a%2", "“a%2” has a % without"),
    ("everyone push to=user:%+1", "“%+1” has a % without"), ("everyone push to=user:%zz", "“%zz” has a % without"),
    ("everyone push to=user:%0A", "“to=user:%0A” names no user"),
    ("everyone push to=user:%FF", "“to=user:%FF” names no user"),
    ("everyone push to=topic:", "“to=topic:” names no target"),
    ("everyone push to=topic:%20a", "“to=topic:%20a” names no topic"),
    ("everyone push to=topics:a", "“to=topics:a” names no target"),
    ("everyone push event=", "“event=” names no event type"),
    ("everyone push event=heartbeat", "“event=heartbeat” names one of the hub's own"),
    ("everyone push event=%FF", "“event=%FF” is not UTF-8"), ("everyone push event=a*b", "“a*b” has a * in its middle"),
  ])
  func whatIsNoRuleIsRefused(text: String, beginning: String) {
    let line = SettingsLoader.outcome(.test(["--publish-allow", text])).lines.joined()
    #expect(line.hasPrefix("--publish-allow (publish.allow): \(beginning)"), "\(line)")
  }

  @Test func aRuleHasItsLimit() {
    let rule = "everyone push to=user:"
    for (count, isTaken) in [(4096, true), (4097, false)] {
      let text = rule + String(repeating: "a", count: count - rule.utf8.count - 1) + "*"
      #expect((SettingsLoader.outcome(.test(["--publish-allow", text])).lines == []) == isTaken)
    }
    for (count, isTaken) in [(1000, true), (1001, false)] {
      let text = Array(repeating: "everyone stats", count: count).joined(separator: ",")
      #expect((SettingsLoader.outcome(.test(["--publish-allow", text])).lines == []) == isTaken)
    }
  }
}
