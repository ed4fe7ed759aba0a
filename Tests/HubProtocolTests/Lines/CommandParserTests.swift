import Testing

@testable import HubProtocol

struct CommandParserTests {
  private func parse(_ line: String) -> Result<Command, CommandError> { parse(Array(line.utf8)) }

  private func parse(_ line: [UInt8]) -> Result<Command, CommandError> { CommandParser.parse(line.span) }

  /// A command in one line of text, all of it: `push user:42 message {} key=a ttl=5 reply`.
  private func describe(_ result: Result<Command, CommandError>) -> String {
    switch result {
    case .failure(let error): return error.code.rawValue
    case .success(.ping): return "ping"
    case .success(.stats): return "stats"
    case .success(.connections(let target)): return "connections \(describe(target))"
    case .success(.explain(let id)): return "explain \(id)"
    case .success(.close(let target, let reason)):
      return "close \(describe(target)) \(reason.map { "<\($0)>" } ?? "nil")"
    case .success(.subscribe(let subscriber, let topics, let duration)):
      let length = duration.map { " for \($0)" } ?? ""
      return "subscribe \(describe(subscriber)) \(topics.map(\.text).joined(separator: "|"))\(length)"
    case .success(.unsubscribe(let subscriber, let topics)):
      return "unsubscribe \(describe(subscriber)) \(topics.map(\.text).joined(separator: "|"))"
    case .success(.listen), .success(.unlisten), .success(.watch), .success(.unwatch), .success(.revoke),
      .success(.unrevoke), .success(.block), .success(.unblock), .success(.help):
      return "see ListeningCommandTests"
    case .success(.push(let target, let message, let wantsReply)):
      let key = message.key.map { "key=\($0.text) " } ?? ""
      let ttl = message.ttl.map { "ttl=\($0) " } ?? ""
      let form = message.form == .text ? "text " : ""
      return "push \(describe(target)) <\(message.type)> \(key)\(ttl)\(describe(message.value))\(form)"
        + "\(wantsReply ? "" : "quiet ")\(text(message.data))"
    }
  }

  private func describe(_ target: Target) -> String {
    switch target {
    case .topic(let topic): describe(topic)
    case .topics(let topics): topics.map(describe).joined(separator: ",")
    case .connection(let id): "\(id)"
    }
  }

  private func describe(_ topic: Topic) -> String {
    switch topic {
    case .everyone: "*"
    case .user(let user): "<\(user)>"
    case .named(let name): "#\(name)#"
    }
  }

  private func describe(_ subscriber: Subscriber) -> String {
    switch subscriber {
    case .user(let user): "<\(user)>"
    case .connection(let id): "\(id)"
    }
  }

  private func describe(_ value: Message.ValueChange?) -> String {
    switch value {
    case .replace(let name): "replace=\(name) "
    case .clear(let name): "clear=\(name) "
    case nil: ""
    }
  }

  private static let connection = ConnectionID(high: 3, low: 99).description

  static let commands: [(String, String)] = [
    ("PING", "ping"), ("ping", "ping"), ("PiNg  ", "ping"), ("  PING", "ping"), ("STATS", "stats"), ("stats ", "stats"),
    ("EXPLAIN 7-12", "explain 7-12"), ("explain   7-12 ", "explain 7-12"),
    ("CONNECTIONS 42", "connections <42>"), ("connections  a%20b ", "connections <a b>"),
    ("CONNECTIONS user:42", "connections <42>"), ("CONNECTIONS user:user:4%202", "connections <user:4 2>"),
    ("CONNECTIONS conn:\(connection)", "connections \(connection)"), ("CONNECTIONS auth:42", "connections <auth:42>"),
    (#"PUSH user:42 notice {"title":"hi"}"#, #"push <42> <notice> {"title":"hi"}"#),
    (#"push   user:42   -    [1, 2] "#, "push <42> <message> [1, 2] "),
    ("PUSH * message 1", "push * <message> 1"), ("PUSH * x null", "push * <x> null"), ("PUSH * -- 1", "push * <--> 1"),
    ("PUSH * x \t1\r", "push * <x> \t1\r"), ("PUSH * grüße \"ä\"", "push * <grüße> \"ä\""),
    ("PUSH * 100% 1", "push * <100%> 1"),
    ("PUSH users:42,43,42 x 1", "push <42>,<43> <x> 1"), ("PUSH users:42 x 1", "push <42> <x> 1"),
    ("PUSH users:a%2Cb,c%20d,%25 x 1", "push <a,b>,<c d>,<%> <x> 1"), ("PUSH user:a:b@c/d x 1", "push <a:b@c/d> <x> 1"),
    ("PUSH user:%41%c3%a9 x 1", "push <Aé> <x> 1"), ("PUSH users:e%CC%81,%C3%A9 x 1", "push <e\u{301}>,<é> <x> 1"),
    ("PUSH user:* x 1", "push <*> <x> 1"), ("PUSH conn:\(connection) x 1", "push \(connection) <x> 1"),
    ("@key=a PUSH * x 1", "push * <x> key=a 1"),
    ("@ttl=0;key=k=v;reply=no PUSH * x 1", "push * <x> key=k=v ttl=0 quiet 1"),
    ("  @reply=yes   PUSH * x 1", "push * <x> 1"), ("@ttl=31536000 PUSH * x 1", "push * <x> ttl=31536000 1"),
    ("@ttl=007 PUSH * x 1", "push * <x> ttl=7 1"), ("@key=a%3Bb%20c%25%0A PUSH * x 1", "push * <x> key=a;b c%\n 1"),
    ("PUSH topic:orders/42 x 1", "push #orders/42# <x> 1"), ("PUSH topics:a,b,a x 1", "push #a#,#b# <x> 1"),
    ("PUSH topics:a x 1", "push #a# <x> 1"), ("PUSH topic:user:43 x 1", "push #user:43# <x> 1"),
    ("PUSH topic:a* x 1", "push #a*# <x> 1"), ("PUSH topic:/ x 1", "push #/# <x> 1"),
    ("PUSH topics:a%2Cb,%25,_%20_ x 1", "push #a,b#,#%#,#_ _# <x> 1"),
    ("CONNECTIONS topic:a%20b", "connections #a b#"), ("CONNECTIONS topic:user:4", "connections #user:4#"),
    ("@replace=status PUSH topic:a x 1", "push #a# <x> replace=status 1"),
    ("@clear=a%3Bb PUSH user:1 x 1", "push <1> <x> clear=a;b 1"), ("@replace=a PUSH * x 1", "push * <x> replace=a 1"),
    ("@clear=a;ttl=0 PUSH * x 1", "push * <x> ttl=0 clear=a 1"),
    ("@as=text PUSH * x \"a\\nb\"", "push * <x> text a\nb"), ("@as=json PUSH * x \"a\"", "push * <x> \"a\""),
    ("@as=text PUSH * x  \"\" ", "push * <x> text "), ("@as=text PUSH * x \"\\ud83d\\ude00\"", "push * <x> text 😀"),
    ("SUBSCRIBE user:42 topic:a", "subscribe <42> a"), ("subscribe user:42 topics:a,b,a", "subscribe <42> a|b"),
    ("SUBSCRIBE  user:42  topic:a  for=90s ", "subscribe <42> a for 90.0 seconds"),
    ("SUBSCRIBE user:42 topic:a for=2d", "subscribe <42> a for 172800.0 seconds"),
    ("SUBSCRIBE conn:\(connection) topic:a", "subscribe \(connection) a"),
    ("UNSUBSCRIBE user:42 topics:a,b", "unsubscribe <42> a|b"),
    ("UNSUBSCRIBE conn:\(connection) topic:a", "unsubscribe \(connection) a"),
    ("CLOSE user:42", "close <42> nil"), ("CLOSE users:1,2  logged  out ", "close <1>,<2> <logged  out >"),
    ("close conn:\(connection) x", "close \(connection) <x>"), ("CLOSE user:42   ", "close <42> nil"),
    ("CLOSE user:42 " + String(repeating: "é", count: 512), "close <42> <\(String(repeating: "é", count: 512))>"),
  ]

  static let refusals: [(String, ErrorCode)] = [
    ("FOO", .badVerb), ("PUSHX user:1 x 1", .badVerb), ("PUS", .badVerb), (" ", .badVerb), ("@key=a", .badVerb),
    ("@key=a  ", .badVerb),
    ("\u{0}", .badVerb), ("PING x", .badVerb), ("STATS 1", .badVerb), ("\tPING", .badVerb), ("PING\t", .badVerb),
    ("0USH * x 1", .badVerb),
    ("PUSH", .missingArgument), ("PUSH ", .missingArgument), ("PUSH *", .missingArgument),
    ("PUSH * x", .missingArgument),
    ("PUSH * x   ", .missingArgument), ("CLOSE", .missingArgument), ("CONNECTIONS", .missingArgument),
    ("CONNECTIONS  ", .missingArgument),
    ("PUSH user: x 1", .badTarget), ("PUSH users: x 1", .badTarget), ("PUSH users:1, x 1", .badTarget),
    ("PUSH users:,1 x 1", .badTarget),
    ("PUSH users:1,,2 x 1", .badTarget), ("PUSH user:1,2 x 1", .badTarget), ("PUSH 42 x 1", .badTarget),
    ("PUSH ** x 1", .badTarget),
    ("PUSH USER:1 x 1", .badTarget), ("PUSH User:1 x 1", .badTarget), ("PUSH user x 1", .badTarget),
    ("PUSH user:% x 1", .badTarget),
    ("PUSH user:%4 x 1", .badTarget), ("PUSH user:%4g x 1", .badTarget), ("PUSH user:%%41 x 1", .badTarget),
    ("PUSH user:%FF x 1", .badTarget),
    ("PUSH user:%ED%A0%80 x 1", .badTarget), ("PUSH user:%00 x 1", .badTarget), ("PUSH user:%0A x 1", .badTarget),
    ("PUSH user:%7F x 1", .badTarget),
    ("PUSH user:%C2%85 x 1", .badTarget), ("PUSH user:a\tb x 1", .badTarget), ("PUSH user:\u{85} x 1", .badTarget),
    ("PUSH conn: x 1", .badTarget), ("PUSH conn:42 x 1", .badTarget), ("PUSH conn:% x 1", .badTarget),
    ("PUSH conn:conn_x x 1", .unknownConnection),
    ("PUSH conn:conn_AAAAAAAAAAAAAAAA x 1", .unknownConnection), ("CLOSE conn:conn_nobody", .unknownConnection),
    ("CLOSE user:42 " + String(repeating: "é", count: 512) + "x", .tooLong),
    ("CLOSE *", .badTarget), ("CLOSE * bye", .badTarget), ("CLOSE x", .badTarget), ("CONNECTIONS 1,2", .badTarget),
    ("CONNECTIONS 1 2", .badTarget), ("CONNECTIONS user:", .badTarget), ("CONNECTIONS user:1,2", .badTarget),
    ("CONNECTIONS users:1", .badTarget), ("CONNECTIONS *", .badTarget), ("CONNECTIONS conn:1", .badTarget),
    ("CONNECTIONS conn:", .badTarget), ("CONNECTIONS conn:conn_x", .unknownConnection),
    ("CONNECTIONS topic:", .badTarget), ("CONNECTIONS topic:a,b", .badTarget), ("CONNECTIONS topic:a/*", .badTarget),
    ("CONNECTIONS topics:a", .badTarget),
    ("PUSH topic:* x 1", .badTarget), ("PUSH topic:%2A x 1", .badTarget), ("PUSH topic:a/* x 1", .badTarget),
    ("PUSH topic: x 1", .badTarget), ("PUSH topics: x 1", .badTarget), ("PUSH topics:a, x 1", .badTarget),
    ("PUSH topic:a,b x 1", .badTarget), ("PUSH topic:%20a x 1", .badTarget), ("PUSH topic:a%20 x 1", .badTarget),
    ("PUSH topic:%0A x 1", .badTarget), ("PUSH Topic:a x 1", .badTarget), ("PUSH topics:a,b/* x 1", .badTarget),
    ("PUSH * topics 1", .reservedEvent), ("PUSH * presence 1", .reservedEvent),
    ("@replace= PUSH * x 1", .badTag), ("@replace=a;clear=a PUSH * x 1", .badTag),
    ("@replace=a;ttl=0 PUSH * x 1", .badTag),
    ("@replace=a PUSH users:1,2 x 1", .badTag), ("@clear=a PUSH topics:1,2 x 1", .badTag),
    ("@clear=a PUSH conn:\(connection) x 1", .badTag), ("@as= PUSH * x 1", .badTag), ("@as=html PUSH * x 1", .badTag),
    ("@as=text PUSH * x 1", .badJSON), ("@as=text PUSH * x {}", .badJSON), ("@as=text PUSH * x \"\\u0000\"", .badJSON),
    ("@as=text PUSH * x \"\\ud800\"", .badJSON), ("@as=text SUBSCRIBE user:1 topic:a", .badTag),
    ("SUBSCRIBE", .missingArgument), ("SUBSCRIBE user:1", .missingArgument), ("SUBSCRIBE users:1 topic:a", .badTarget),
    ("SUBSCRIBE * topic:a", .badTarget), ("SUBSCRIBE topic:a topic:b", .badTarget), ("SUBSCRIBE user:1 a", .badTarget),
    ("SUBSCRIBE user:1 user:2", .badTarget), ("SUBSCRIBE user:1 topic:a/*", .badTarget),
    ("SUBSCRIBE user:1 topic:a 1h", .badArgument), ("SUBSCRIBE user:1 topic:a for=", .badArgument),
    ("SUBSCRIBE user:1 topic:a for=0s", .badArgument), ("SUBSCRIBE user:1 topic:a for=1", .badArgument),
    ("SUBSCRIBE user:1 topic:a for=1.5h", .badArgument), ("SUBSCRIBE user:1 topic:a for=-1h", .badArgument),
    ("SUBSCRIBE user:1 topic:a for=99999999999999999999d", .badArgument),
    ("SUBSCRIBE user:1 topic:a for=3651d", .badArgument), ("SUBSCRIBE user:1 topic:a for=1h x", .badArgument),
    ("SUBSCRIBE conn:\(connection) topic:a for=1h", .badArgument),
    ("SUBSCRIBE conn:conn_x topic:a", .unknownConnection),
    ("UNSUBSCRIBE user:1 topic:a for=1h", .badArgument), ("UNSUBSCRIBE user:1", .missingArgument),
    ("CONNECTIONS user:1 2", .badTarget),
    ("PUSH * open {}", .reservedEvent), ("PUSH * welcome 1", .reservedEvent), ("PUSH * heartbeat 1", .reservedEvent),
    ("PUSH * close 1", .reservedEvent),
    ("PUSH * error 1", .reservedEvent), ("PUSH * a\tb 1", .badEvent), ("PUSH * a\rb 1", .badEvent),
    ("PUSH * \u{7F} 1", .badEvent),
    ("PUSH * x {", .badJSON), ("PUSH * x {}{}", .badJSON), ("PUSH * x hi", .badJSON), ("PUSH * x 'a'", .badJSON),
    ("PUSH * x \u{0}", .badJSON),
    ("PUSH * {\"a\": 1}", .badJSON), ("PUSH * x \"\t\"", .badJSON), ("PUSH * x \u{FEFF}1", .badJSON),
    ("@ PUSH * x 1", .badTag), ("@; PUSH * x 1", .badTag), ("@key PUSH * x 1", .badTag), ("@key= PUSH * x 1", .badTag),
    ("@=a PUSH * x 1", .badTag),
    ("@key=a; PUSH * x 1", .badTag), ("@;key=a PUSH * x 1", .badTag), ("@key=a;key=b PUSH * x 1", .badTag),
    ("@ttl=1;ttl=1 PUSH * x 1", .badTag),
    ("@reply=no;reply=no PUSH * x 1", .badTag), ("@reply=maybe PUSH * x 1", .badTag), ("@reply= PUSH * x 1", .badTag),
    ("@reply=NO PUSH * x 1", .badTag),
    ("@Key=a PUSH * x 1", .badTag), ("@id=1 PUSH * x 1", .badTag), ("@ttl= PUSH * x 1", .badTag),
    ("@ttl=-1 PUSH * x 1", .badTag),
    ("@ttl=+1 PUSH * x 1", .badTag), ("@ttl=1.5 PUSH * x 1", .badTag), ("@ttl=31536001 PUSH * x 1", .badTag),
    ("@ttl=1s PUSH * x 1", .badTag),
    ("@ttl=99999999999999999999999 PUSH * x 1", .badTag), ("@key=% PUSH * x 1", .badTag),
    ("@key=%zz PUSH * x 1", .badTag), ("@key=%ff PUSH * x 1", .badTag),
    ("@key=a PING", .badTag), ("@reply=no CLOSE user:1", .badTag), ("@ttl=1 STATS", .badTag),
    ("@ttl=1 CONNECTIONS 1", .badTag), ("@key=a FOO", .badVerb),
  ]

  @Test(arguments: commands) func reads(line: String, command: String) {
    #expect(describe(parse(line)) == command)
  }

  @Test(arguments: refusals) func refuses(line: String, code: ErrorCode) throws {
    let result = parse(line)
    #expect(describe(result) == code.rawValue)
    guard case .failure(let error) = result else { return }
    #expect(!error.message.isEmpty && !error.message.hasSuffix("."))
    #expect(text(Reply(error).bytes).hasPrefix("ERR \(code.rawValue) "))
    #expect(Reply(error).bytes.count { $0 == 0x0A || $0 == 0x0D } == 1)
  }

  @Test func keepsTheDataAsItCame() throws {
    let json = "  { \"b\" : 1.50,\t\"a\":\"\\u00e9\\ud800\" } "
    guard case .success(.push(_, let message, _)) = parse("PUSH * x \(json)") else {
      Issue.record("not a push")
      return
    }
    #expect(text(message.data) == String(json.drop { $0 == " " }))
  }

  @Test(arguments: [
    "PUSH user:1 x \"#\"", "PUSH user:# x 1", "PUSH users:1,# x 1", "PUSH * # 1", "PUSH * x #", "#", "PUSH# * x 1",
    "@key=# PUSH * x 1",
    "@key=a# PING", "CLOSE user:1 #", "CLOSE conn:#", "CONNECTIONS #", "PING #", "PUSH * open #", "@#=1 PING",
    "PUSH * {} #", "PUSH * x 1#",
  ])
  func refusesBrokenUTF8WhereverItStands(template: String) {
    for broken: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
      let line = template.utf8.flatMap { $0 == UInt8(ascii: "#") ? broken : [$0] }
      #expect(describe(parse(line)) == "bad-utf8")
    }
  }

  @Test(arguments: [127, 128, 129]) func holdsTheLimitsOfNames(size: Int) {
    let name = String(repeating: "n", count: size)
    let isAllowed = size <= 128
    #expect(describe(parse("PUSH user:\(name) x 1")) == (isAllowed ? "push <\(name)> <x> 1" : "bad-target"))
    #expect(describe(parse("PUSH * \(name) 1")) == (isAllowed ? "push * <\(name)> 1" : "bad-event"))
    #expect(describe(parse("@key=\(name) PUSH * x 1")) == (isAllowed ? "push * <x> key=\(name) 1" : "bad-tag"))
    let encoded = String(repeating: "%6e", count: size)
    #expect(describe(parse("CONNECTIONS \(encoded)")) == (isAllowed ? "connections <\(name)>" : "bad-target"))
  }

  @Test func readsManyUsersInOneLine() {
    let ids = (0..<20_000).map(String.init)
    guard case .success(.push(.topics(let users), _, _)) = parse("PUSH users:\((ids + ids).joined(separator: ",")) x 1")
    else {
      Issue.record("not a push to users")
      return
    }
    #expect(users.map(\.name) == ids && users.allSatisfy { $0.user != nil })
  }

  @Test(arguments: [64, 65]) func aLineNamesNoMoreTopicsThanAllowed(count: Int) {
    let names = "topics:" + (1...count).map(String.init).joined(separator: ",")
    #expect((describe(parse("PUSH \(names) x 1")) == "bad-target") == (count > 64))
    #expect((describe(parse("SUBSCRIBE user:1 \(names)")) == "too-many-topics") == (count > 64))
  }

  @Test(arguments: [("PUSH", " x 1"), ("CLOSE", " reason")])
  func aLineNamesNoMoreUsersThanAllowed(verb: String, rest: String) {
    for count in 2...4 {
      let line = "\(verb) users:" + (1...count).map(String.init).joined(separator: ",") + rest
      let result = CommandParser.parse(Array(line.utf8).span, maxUsers: 3)
      guard count > 3 else {
        guard case .success = result else {
          Issue.record("\(line) is refused")
          continue
        }
        continue
      }
      guard case .failure(let error) = result else {
        Issue.record("\(line) is accepted")
        continue
      }
      #expect(error.code == .badTarget)
      #expect(error.message.contains("publish.max-users"))
    }
  }

  @Test func messagesNeverRepeatMuchOfALine() {
    let long = String(repeating: "x", count: 100_000)
    for line in [
      long, "PUSH \(long) x 1", "PUSH user:\(long) x 1", "PUSH * \(long) 1", "@\(long) PING", "PUSH * x \(long)",
    ] {
      guard case .failure(let error) = parse(line) else {
        Issue.record("accepted")
        continue
      }
      #expect(error.message.utf8.count < 300)
    }
  }

  @Test(arguments: 0..<8) func survivesMutations(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("@;=%:,*/ \t\r{}[]\"\\u09afPUSH-".utf8) + [0x00, 0x7F, 0x80, 0xC2, 0xFF, 0xF4]
    let lines = Self.commands.map(\.0) + Self.refusals.map(\.0)
    for _ in 0..<4000 {
      let line = Array((lines.randomElement(using: &generator) ?? "").utf8).mutated(with: alphabet, using: &generator)
      switch parse(line) {
      case .failure(let error):
        let isUTF8 = String(validating: line, as: UTF8.self) != nil
        #expect((error.code == .badUTF8) == !isUTF8, "seed \(seed): \(line)")
        #expect(Reply(error).bytes.count { $0 == 0x0A || $0 == 0x0D } == 1)
      case .success(let command):
        #expect(String(validating: line, as: UTF8.self) != nil, "seed \(seed): \(line)")
        if case .push(_, let message, _) = command {
          #expect(message.form == .text || ReferenceJSON.accepts(message.data), "seed \(seed): \(line)")
        }
      }
    }
  }
}
