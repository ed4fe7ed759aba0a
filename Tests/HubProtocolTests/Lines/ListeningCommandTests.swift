import Testing

@testable import HubProtocol

/// The commands by which a connection listens and watches, and by which rights are taken back.
struct ListeningCommandTests {
  private func parse(_ line: String) -> Result<Command, CommandError> { CommandParser.parse(Array(line.utf8).span) }

  private func describe(_ line: String) -> String {
    switch parse(line) {
    case .failure(let error): error.code.rawValue
    case .success(.listen(let targets, let start)):
      "listen \(targets.map(describe).joined(separator: "|")) \(describe(start))"
    case .success(.unlisten): "unlisten"
    case .success(.watch(.users)): "watch users"
    case .success(.watch(.topics(let pattern))): "watch topics <\(pattern)>"
    case .success(.unwatch): "unwatch"
    case .success(.revoke(let user, let before)): "revoke <\(user)> \(before.map(String.init) ?? "now")"
    case .success(.unrevoke(let user)): "unrevoke <\(user)>"
    case .success(.block(let user, let duration)): "block <\(user)> \(duration.map { "\($0)" } ?? "for ever")"
    case .success(.unblock(let user)): "unblock <\(user)>"
    case .success(.help): "help"
    case .success: "another command"
    }
  }

  private func describe(_ target: ListenTarget) -> String {
    switch target {
    case .all: "all"
    case .everyone: "everyone"
    case .user(let user): "user <\(user)>"
    case .topics(let pattern): "\(pattern.topic == nil ? "topics" : "topic") <\(pattern)>"
    case .connection(let id): id.description
    }
  }

  private func describe(_ start: ListenStart) -> String {
    switch start {
    case .now: "now"
    case .start: "start"
    case .after(let id): "after \(id)"
    }
  }

  @Test(arguments: [
    ("LISTEN user:42", "listen user <42> now"), ("listen  *  all ", "listen everyone|all now"),
    ("LISTEN topic:a/* topic:* topic:a", "listen topics <a/*>|topics <*>|topic <a> now"),
    ("LISTEN users:1,2 user:1 topics:a,b%2Cc", "listen user <1>|user <2>|topic <a>|topic <b,c> now"),
    ("LISTEN topic:a%20b%2F*", "listen topics <a b/*> now"),
    ("LISTEN all since=start", "listen all start"), ("LISTEN all since=17-4", "listen all after 17-4"),
    ("LISTEN conn:conn_AAAAAAAAAAAAAAAAAAAAAA", "listen conn_AAAAAAAAAAAAAAAAAAAAAA now"),
    ("UNLISTEN", "unlisten"), ("unlisten ", "unlisten"), ("UNWATCH", "unwatch"), ("HELP", "help"),
    ("WATCH users", "watch users"), ("WATCH topic:a", "watch topics <a>"), ("WATCH topic:a/*", "watch topics <a/*>"),
    ("WATCH topic:*", "watch topics <*>"),
    ("REVOKE user:42", "revoke <42> now"), ("REVOKE user:a%20b before=1765368000", "revoke <a b> 1765368000"),
    ("REVOKE user:42 before=0", "revoke <42> 0"), ("UNREVOKE user:42", "unrevoke <42>"),
    ("BLOCK user:42", "block <42> for ever"), ("BLOCK user:42 for=1h", "block <42> 3600.0 seconds"),
    ("UNBLOCK user:42", "unblock <42>"),
  ])
  func `these lines are commands`(line: String, command: String) {
    #expect(describe(line) == command)
  }

  @Test(arguments: [
    ("LISTEN", ErrorCode.missingArgument), ("LISTEN since=start", .missingArgument), ("LISTEN 42", .badTarget),
    ("LISTEN user:", .badTarget), ("LISTEN topic:", .badTarget), ("LISTEN topic:%", .badTarget),
    ("LISTEN topic:a,b", .badTarget), ("LISTEN topics:a/*,b", .badTarget), ("LISTEN topic:%20a/*", .badTarget),
    ("LISTEN topic:\(String(repeating: "a", count: 127))/*", .badTarget), ("LISTEN everyone", .badTarget),
    ("LISTEN all since=", .badArgument), ("LISTEN all since=1", .badArgument), ("LISTEN all since=-", .badArgument),
    ("LISTEN all since=1-2 all", .badArgument), ("LISTEN all before=1", .badTarget),
    ("LISTEN conn:x", .badTarget), ("@key=a LISTEN all", .badTag), ("UNLISTEN all", .badVerb),
    ("LISTEN \((0..<65).map { "user:\($0)" }.joined(separator: " "))", .badTarget),
    ("WATCH", .missingArgument), ("WATCH user:1", .badTarget), ("WATCH *", .badTarget),
    ("WATCH users all", .badArgument),
    ("WATCH topics:a,b", .badTarget), ("WATCH topic:", .badTarget), ("UNWATCH users", .badVerb),
    ("REVOKE", .missingArgument), ("REVOKE 42", .badTarget), ("REVOKE *", .badTarget), ("REVOKE users:1,2", .badTarget),
    ("REVOKE topic:a", .badTarget), ("REVOKE user:1 before=", .badArgument), ("REVOKE user:1 before=1.5", .badArgument),
    ("REVOKE user:1 before=-1", .badArgument), ("REVOKE user:1 before=9999999999999", .badArgument),
    ("REVOKE user:1 for=1h", .badArgument), ("REVOKE user:1 before=1 x", .badArgument),
    ("UNREVOKE user:1 x", .badArgument), ("BLOCK user:1 for=1", .badArgument), ("BLOCK user:1 for=0s", .badArgument),
    ("BLOCK user:1 because", .badArgument), ("UNBLOCK", .missingArgument), ("UNBLOCK conn:x", .badTarget),
    ("HELP me", .badVerb), ("BLOC\u{212A} user:1", .badVerb), ("LISTEN \u{FF}user:1", .badTarget),
  ])
  func `these lines are refused`(line: String, code: ErrorCode) {
    #expect(describe(line) == code.rawValue)
  }

  @Test(arguments: [
    ("LISTEN foo", "* or all"), ("LISTEN 42", "topic:<beginning>/*"), ("REVOKE 42", "write user:<id>"),
    ("BLOCK users:1,2", "write user:<id>"),
  ])
  func `the message says what would be right`(line: String, advice: String) {
    guard case .failure(let error) = parse(line) else {
      Issue.record("it is taken")
      return
    }
    #expect(error.message.contains(advice))
  }

  @Test func `what the writer writes is read again`() {
    let listen = CommandWriter.listen(
      to: [.all, .target(.everyone), .target(.user("a b")), .target(.topic("a,b/*"))], since: "17-4")
    #expect(describe(text(listen.dropLast())) == "listen all|everyone|user <a b>|topics <a,b/*> after 17-4")
    #expect(describe(text(CommandWriter.watch(topic: nil).dropLast())) == "watch users")
    #expect(describe(text(CommandWriter.watch(topic: "a b/*").dropLast())) == "watch topics <a b/*>")
    #expect(describe(text(CommandWriter.revoke(user: "4,2", before: 17).dropLast())) == "revoke <4,2> 17")
    #expect(describe(text(CommandWriter.unrevoke(user: "%").dropLast())) == "unrevoke <%>")
    #expect(describe(text(CommandWriter.block(user: "42", for: "1h").dropLast())) == "block <42> 3600.0 seconds")
    #expect(describe(text(CommandWriter.block(user: "42", for: "1h x").dropLast())) == "bad-argument")
    #expect(describe(text(CommandWriter.unblock(user: "42").dropLast())) == "unblock <42>")
  }

  @Test(arguments: [
    ("a", "a", true), ("a", "b", false), ("a/*", "a/b", true), ("a/*", "a/b/c", true), ("a/*", "a/", false),
    ("a/*", "a", false), ("a/*", "ab/c", false), ("*", "a", true), ("é", "e\u{301}", false),
  ])
  func `a pattern is a name, a beginning, or every topic`(pattern: String, name: String, matches: Bool) throws {
    let topic = try #require(TopicName(name))
    #expect(try #require(TopicPattern(pattern)).matches(topic) == matches)
  }

  private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
}
