import Testing

@testable import HubProtocol

struct CommandWriterTests {
  @Test(arguments: [
    (TargetText.user("42"), "notice", nil, nil, "PUSH user:42 notice "),
    (.users(["42", "a,b"]), "notice", nil, nil, "PUSH users:42,a%2Cb notice "),
    (.connection("conn_x y"), "e", nil, nil, "PUSH conn:conn_x%20y e "),
    (.everyone, "-", nil, nil, "PUSH * - "),
    (.everyone, "e", "k-1", nil, "@key=k-1 PUSH * e "),
    (.everyone, "e", nil, 0, "@ttl=0 PUSH * e "),
    (.everyone, "größe", "k", 60, "@key=k;ttl=60 PUSH * größe "),
  ])
  func aPushBeginsWithTagsTargetAndType(target: TargetText, type: String, key: String?, ttl: Int?, head: String) throws
  {
    let key = key.flatMap(IdempotencyKey.init)
    #expect(try text(CommandWriter.push(to: target, type: type, key: key, ttl: ttl)) == head)
  }

  @Test(arguments: ["", "a b", "a\tb", " a", "a\n", "\u{85}"]) func refusesATypeThatWouldBreakTheLine(type: String) {
    #expect(throws: CommandWriter.Refusal.eventType) { try CommandWriter.push(to: .everyone, type: type) }
  }

  @Test(arguments: [
    ("k", "k"), ("a=b", "a=b"), ("é", "é"), ("a,b@c", "a,b@c"), ("a%41", "a%2541"), ("100%", "100%25"),
    ("a;b", "a%3Bb"), (" a b ", "%20a%20b%20"), ("a\u{7}\n\u{7F}\u{85}", "a%07%0A%7F%C2%85"),
  ])
  func aKeyIsAnyText(key: String, encoded: String) throws {
    let line = try CommandWriter.push(to: .everyone, type: "e", key: IdempotencyKey(key))
    #expect(text(line) == "@key=\(encoded) PUSH * e ")
  }

  @Test func aCloseNamesItsTargetAndPerhapsAReason() throws {
    #expect(try text(CommandWriter.close(.user("4 2"), reason: nil)) == "CLOSE user:4%202\n")
    #expect(try text(CommandWriter.close(.users(["1", "2"]), reason: "")) == "CLOSE users:1,2\n")
    #expect(try text(CommandWriter.close(.connection("conn_1"), reason: "be gone")) == "CLOSE conn:conn_1 be gone\n")
    #expect(throws: CommandWriter.Refusal.reason) { try CommandWriter.close(.user("1"), reason: "a\nPING") }
  }

  @Test func queriesAreOneLine() {
    #expect(text(CommandWriter.stats) == "STATS\n")
    #expect(text(CommandWriter.ping) == "PING\n")
    #expect(text(CommandWriter.explain("7-12")) == "EXPLAIN 7-12\n")
    #expect(text(CommandWriter.explain("a\nb c")) == "EXPLAIN a%0Ab%20c\n")
    #expect(text(CommandWriter.connections(of: .user("a b"))) == "CONNECTIONS user:a%20b\n")
    #expect(text(CommandWriter.connections(of: .user("user:42"))) == "CONNECTIONS user:user:42\n")
    #expect(text(CommandWriter.connections(of: .connection("conn_%"))) == "CONNECTIONS conn:conn_%25\n")
  }

  private static let ids = ["42", "user:42", "*", "a%41", "100%", " a b ", "a,b;c@d", "größe\u{2028}", "%"]

  @Test(arguments: ids) func whatIsWrittenIsReadBack(id: String) throws {
    let user = try #require(UserID(id))
    let key = try #require(IdempotencyKey(id + "\n\u{85}"))
    let connection = ConnectionID(high: 7, low: .max)
    let targets: [(TargetText, Target)] = [
      (.everyone, .everyone), (.user(id), .user(user)), (.connection(connection.description), .connection(connection)),
      (.users(Self.ids), .users(Self.ids.compactMap(UserID.init))),
    ]
    for (written, read) in targets {
      let push = try CommandWriter.push(to: written, type: "notice", key: key, ttl: 7) + Array("[1]".utf8)
      guard case .success(.push(read, let message, wantsReply: true)) = CommandParser.parse(push.span) else {
        Issue.record("\(text(push)) is read as something else")
        continue
      }
      #expect(message.type.text == "notice" && message.key == key && message.ttl == 7 && text(message.data) == "[1]")
      guard read != .everyone else { continue }
      let close = try CommandWriter.close(written, reason: "why not").dropLast()
      guard case .success(.close(read, reason: "why not")) = CommandParser.parse(close.span) else {
        Issue.record("\(text(close)) is read as something else")
        continue
      }
    }
  }

  @Test func queriesAreReadBack() throws {
    func read(_ line: [UInt8]) throws -> Command {
      let line = line.dropLast()
      return try CommandParser.parse(line.span).get()
    }
    guard case .stats = try read(CommandWriter.stats), case .ping = try read(CommandWriter.ping),
      case .explain(EventID(epoch: 7, sequence: 12)) = try read(CommandWriter.explain("7-12")),
      case .connections(.topic(.user(let user))) = try read(CommandWriter.connections(of: .user("a b"))),
      case .connections(.topic(.named(let topic))) = try read(CommandWriter.connections(of: .topic("a b")))
    else {
      Issue.record("a query is read as something else")
      return
    }
    #expect(user.text == "a b" && topic.text == "a b")
  }

  /// Whatever stands in a name, the line names it and no other.
  @Test(arguments: ["orders/42", "user:43", "a,b", "a%2Cb", "%", "_", "/", ":", "a*", "größe", "a b"])
  func topicsAreReadBack(name: String) throws {
    let topic = try #require(TopicName(name))
    let other = try #require(TopicName("other"))
    let value = try #require(ValueName(name + ";\n"))
    let push =
      try CommandWriter.push(to: .topic(name), type: "x", form: .text, value: .replace(value)) + Array(#""a\n""#.utf8)
    guard case .success(.push(.topic(.named(topic)), let message, wantsReply: true)) = CommandParser.parse(push.span)
    else {
      Issue.record("\(text(push)) is read as something else")
      return
    }
    #expect(message.form == .text && text(message.data) == "a\n" && message.value == .replace(value))
    let list = try CommandWriter.push(to: .topics([name, "other"]), type: "x") + Array("1".utf8)
    let clear = try CommandWriter.push(to: .user(name), type: "x", value: .clear(value)) + Array("1".utf8)
    let subscribe = CommandWriter.subscribe(.user(name), to: [name, "other"], for: "1h").dropLast()
    let unsubscribe = CommandWriter.unsubscribe(.user(name), from: [name]).dropLast()
    let user = try #require(UserID(name))
    guard case .success(.push(.topics([.named(topic), .named(other)]), _, _)) = CommandParser.parse(list.span),
      case .success(.push(.topic(.user(user)), let cleared, _)) = CommandParser.parse(clear.span),
      case .success(.subscribe(.user(user), [topic, other], for: .seconds(3600))) = CommandParser.parse(subscribe.span),
      case .success(.unsubscribe(.user(user), [topic])) = CommandParser.parse(unsubscribe.span)
    else {
      Issue.record("a line with \(name) is read as something else")
      return
    }
    #expect(cleared.value == .clear(value))
  }
}
