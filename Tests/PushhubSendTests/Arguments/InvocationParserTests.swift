import HubProtocol
import Testing

@testable import pushhub_send

private let json = Array("{}".utf8)

private func parse(_ words: String...) throws -> Invocation {
  try InvocationParser.parse(words.map { Array($0.utf8) })
}

private func publish(
  to target: TargetText, _ event: String = "notice", _ payload: Payload = .argument(json)
) -> Invocation.Task {
  .publish(Publication(target: target, event: event), payload)
}

@Test func targetsAreUsersTopicsAConnectionOrEveryone() throws {
  #expect(try parse("--user", "42", "notice", "{}").task == publish(to: .user("42")))
  #expect(try parse("--users", "42,43", "notice", "{}").task == publish(to: .users(["42", "43"])))
  #expect(try parse("--user=a,b", "--user", "c", "notice", "{}").task == publish(to: .users(["a,b", "c"])))
  #expect(try parse("--topic", "orders/42", "notice", "{}").task == publish(to: .topic("orders/42")))
  #expect(try parse("--topics", "a,b", "notice", "{}").task == publish(to: .topics(["a", "b"])))
  #expect(try parse("--topics=a", "--topic", "b,c", "notice", "{}").task == publish(to: .topics(["a", "b,c"])))
  #expect(try parse("--connection", "conn_1", "notice", "{}").task == publish(to: .connection("conn_1")))
  #expect(try parse("--broadcast", "notice", "{}").task == publish(to: .everyone))
}

@Test func optionsMayStandAnywhereAndEndAtTwoDashes() throws {
  #expect(try parse("notice", "{}", "--user", "42").task == publish(to: .user("42")))
  let task = try parse("--user", "42", "--", "--odd", "--payload").task
  #expect(task == publish(to: .user("42"), "--odd", .argument(Array("--payload".utf8))))
}

@Test func aCommandsWordAfterATargetIsAnEvent() throws {
  #expect(try parse("--user", "42", "stats", "{}").task == publish(to: .user("42"), "stats"))
  #expect(try parse("--broadcast", "disconnect", "{}").task == publish(to: .everyone, "disconnect"))
  #expect(
    try parse("--broadcast", "notice", "ping").task == publish(to: .everyone, "notice", .argument(Array("ping".utf8))))
}

@Test func payloadsAreArgumentsFilesOrStandardInput() throws {
  let input = Payload.input(.standardInput)
  #expect(try parse("--broadcast", "-", "-").task == publish(to: .everyone, "-", input))
  let file = Payload.input(.file(path: Array("a b.json".utf8)))
  #expect(try parse("--broadcast", "notice", "@a b.json").task == publish(to: .everyone, "notice", file))
  #expect(
    try parse("--broadcast", "count", "-5").task == publish(to: .everyone, "count", .argument(Array("-5".utf8))))
}

@Test(arguments: ["@alice hi", "@/etc/hostname", "-", "-5", "- an item", "--- a/file", "a=b", "n:=1", "{}", ""])
func withTextAnArgumentIsOnlyEverText(argument: String) throws {
  let expected = Invocation.Task.publish(
    Publication(target: .everyone, event: "notice", form: .text), .argument(Array(argument.utf8)))
  #expect(try parse("--broadcast", "--text", "notice", argument).task == expected)
  #expect(try parse("--broadcast", "notice", argument, "--text").task == expected)
  #expect(try parse("--broadcast", "--text", "notice", "--", argument).task == expected)
  let raw = Publication(target: .everyone, event: "notice", form: .raw)
  #expect(try parse("--broadcast", "--raw", "notice", argument).task == .publish(raw, .argument(Array(argument.utf8))))
}

@Test func rawTextMayComeFromFilesAndInLines() throws {
  let raw = Publication(target: .topic("answers/7"), event: "token", form: .raw)
  let words = ["--topic", "answers/7", "token", "--raw"]
  let file = InputSource.file(path: Array("a".utf8))
  let parsed = try InvocationParser.parse((words + ["--file", "a"]).map { Array($0.utf8) })
  #expect(parsed.task == .publish(raw, .input(file)))
  let lines = try InvocationParser.parse((words + ["--lines"]).map { Array($0.utf8) })
  #expect(lines.task == .publishLines(raw, .standardInput))
}

@Test func valuesAreReplacedAndTakenBack() throws {
  var publication = Publication(target: .topic("orders/42"), event: "state", value: .replace("order 42"))
  #expect(
    try parse("--topic", "orders/42", "--replace", "order 42", "state", "{}").task
      == .publish(publication, .argument(json)))
  publication.value = .clear("order 42")
  #expect(
    try parse("--topic", "orders/42", "--clear=order 42", "state", "{}").task == .publish(publication, .argument(json)))
}

@Test func topicsAreGivenAndTakenBack() throws {
  #expect(
    try parse("subscribe", "--user", "42", "--topic", "orders/42").task
      == .subscribe(.user("42"), topics: ["orders/42"], duration: nil))
  #expect(
    try parse("subscribe", "--user", "42", "--topic", "orders/42", "--for", "1h").task
      == .subscribe(.user("42"), topics: ["orders/42"], duration: "1h"))
  #expect(
    try parse("subscribe", "--topics", "a,b", "--connection", "conn_1").task
      == .subscribe(.connection("conn_1"), topics: ["a", "b"], duration: nil))
  #expect(
    try parse("unsubscribe", "--user", "42", "--topics", "a,b", "--topic", "c").task
      == .unsubscribe(.user("42"), topics: ["a", "b", "c"]))
}

@Test func rightsAreTakenAndGivenBack() throws {
  #expect(try parse("revoke", "--user", "42").task == .changeRights(user: "42", .revoke(before: nil)))
  let task = try parse("revoke", "--user", "42", "--before", "1765368000").task
  #expect(task == .changeRights(user: "42", .revoke(before: 1_765_368_000)))
  #expect(try parse("unrevoke", "--user", "42").task == .changeRights(user: "42", .unrevoke))
  #expect(try parse("block", "--user", "42").task == .changeRights(user: "42", .block(duration: nil)))
  #expect(try parse("block", "--user", "42", "--for", "1h").task == .changeRights(user: "42", .block(duration: "1h")))
  #expect(try parse("unblock", "--user", "42").task == .changeRights(user: "42", .unblock))
}

@Test func oneMayListenToAllSortsAtOnce() throws {
  let all = Listening(targets: [.all])
  #expect(try parse("listen", "--all").task == .listen(all))
  let listening = Listening(
    targets: [
      .target(.everyone), .target(.user("42")), .target(.user("a,b")), .target(.topic("a/*")), .target(.topic("b")),
      .target(.connection("conn_1")),
    ], since: "start", statePath: "/s", command: "cat")
  let task = try parse(
    "listen", "--user", "42", "--topic", "a/*", "--user", "a,b", "--topics", "b", "--connection", "conn_1",
    "--broadcast", "--since", "start", "--state", "/s", "--exec", "cat"
  ).task
  #expect(task == .listen(listening))
}

@Test func oneWatchesAllUsersOrATopic() throws {
  #expect(try parse("watch", "users").task == .watch(topic: nil))
  #expect(try parse("watch", "--topic", "a/*").task == .watch(topic: "a/*"))
}

@Test func filesAndStandardInputAreNamedByFile() throws {
  let text = Publication(target: .everyone, event: "notice", form: .text)
  let file = Payload.input(.file(path: Array("@a b.txt".utf8)))
  #expect(try parse("--broadcast", "notice", "--text", "--file", "@a b.txt").task == .publish(text, file))
  #expect(try parse("--broadcast", "notice", "--text", "--file=-").task == .publish(text, .input(.standardInput)))
  #expect(try parse("--broadcast", "notice", "--file", "@a b.txt").task == publish(to: .everyone, "notice", file))
  let odd = try InvocationParser.parse(["--broadcast", "notice", "--file"].map { Array($0.utf8) } + [[0x61, 0xFF]])
  #expect(odd.task == publish(to: .everyone, "notice", .input(.file(path: [0x61, 0xFF]))))
}

@Test func pairsMakeAnObject() throws {
  let pairs = ["title=@hi", "n:=5"].compactMap { PairArgument(Array($0.utf8)) }
  #expect(
    try parse("--broadcast", "notice", "title=@hi", "n:=5").task == publish(to: .everyone, "notice", .pairs(pairs)))
  #expect(
    try parse("notice", "title=@hi", "--broadcast", "--", "n:=5").task
      == publish(to: .everyone, "notice", .pairs(pairs)))
}

@Test func aPayloadKeepsBytesThatAreNotUTF8() throws {
  let invocation = try InvocationParser.parse([Array("--broadcast".utf8), Array("e".utf8), [0xFF, 0x22]])
  #expect(invocation.task == publish(to: .everyone, "e", .argument([0xFF, 0x22])))
}

@Test func linesComeFromStandardInputOrAFile() throws {
  let publication = Publication(target: .everyone, event: "log", form: .text, ttl: 0)
  let words = ["--broadcast", "log", "--lines", "--text", "--ttl", "0"].map { Array($0.utf8) }
  #expect(try InvocationParser.parse(words).task == .publishLines(publication, .standardInput))
  let file = InputSource.file(path: Array("app.log".utf8))
  let named = ["--file", "app.log"].map { Array($0.utf8) }
  #expect(try InvocationParser.parse(words + named).task == .publishLines(publication, file))
  let json = Publication(target: .everyone, event: "log")
  #expect(try parse("--broadcast", "log", "--lines", "@app.log").task == .publishLines(json, file))
  #expect(try parse("--broadcast", "log", "--lines", "-").task == .publishLines(json, .standardInput))
}

@Test func commandsAskOrClose() throws {
  #expect(try parse("stats").task == .query(.statistics))
  #expect(try parse("ping").task == .query(.ping))
  #expect(try parse("connections", "42").task == .query(.connections(.user("42"))))
  #expect(try parse("connections", "user:42").task == .query(.connections(.user("user:42"))))
  #expect(try parse("connections", "--user", "42").task == .query(.connections(.user("42"))))
  #expect(try parse("connections", "--topic", "a b").task == .query(.connections(.topic("a b"))))
  #expect(try parse("connections", "--connection", "conn_1").task == .query(.connections(.connection("conn_1"))))
  #expect(try parse("explain", "7-12").task == .query(.explain(event: "7-12")))
  #expect(try parse("connections", "-5").task == .query(.connections(.user("-5"))))
  #expect(try parse("disconnect", "--user", "42").task == .disconnect(.user("42"), reason: nil))
  let task = try parse("disconnect", "--connection", "conn_1", "--reason", "be gone").task
  #expect(task == .disconnect(.connection("conn_1"), reason: "be gone"))
}

@Test func generalOptionsSayHowAndWhere() throws {
  let invocation = try parse("--socket", "/b", "--socket=/b", "--timeout", "500ms", "--json", "ping")
  #expect(
    invocation
      == Invocation(
        task: .query(.ping), output: .json, socketPath: "/b", timeout: Timeout(milliseconds: 500)))
  #expect(try parse("--quiet", "stats").output == .quiet)
  #expect(try parse("-q", "stats").output == .quiet)
  #expect(try parse("--broadcast", "e", "1", "--require-delivery").requiresDelivery)
  #expect(try parse("stats").timeout == Timeout(milliseconds: 15_000))
}

@Test func helpAndVersionNeedNothingElse() throws {
  #expect(try parse("--help").task == .help(nil))
  #expect(try parse("stats", "-h", "--key", "k").task == .help(.stats))
  #expect(try parse("help").task == .help(nil))
  #expect(try parse("help", "listen").task == .help(.listen))
  #expect(try parse("help", "-h").task == .help(nil))
  #expect(try parse("--version").task == .version)
  #expect(try parse("-V").task == .version)
}

@Test(arguments: [
  ([], "say whom to send to"),
  (["stat"], "there is no command stat: did you mean stats?"),
  (["notice", "{}"], "say whom to send to"),
  (["--usr", "42", "e", "1"], "there is no option --usr: did you mean --user?"),
  (["--frobnicate"], "there is no option --frobnicate: pushhub-send --help lists them"),
  (["-x"], "there is no option -x"),
  (["--user"], "--user needs a value"),
  (["--broadcast=yes", "e", "1"], "--broadcast takes no value"),
  (["--user", "", "e", "1"], "an id in the target is empty"),
  (["--users", "1,,2", "e", "1"], "an id in the target is empty"),
  (["--user", "1", "--broadcast", "e", "1"], "--user and --broadcast exclude each other"),
  (["--connection", "a", "--connection", "b", "e", "1"], "--connection is given twice, as a and as b"),
  (["--broadcast", "e", "1", "--ttl", "1", "--ttl", "2"], "--ttl is given twice, as 1 and as 2"),
  (["--socket", "/a", "--socket=/b", "stats"], "--socket is given twice, as /a and as /b"),
  (["--broadcast", "e", "--file", "a", "--file", "b"], "--file is given twice, with two paths"),
  (["--user", "1", "disconect"], "there is no command disconect: did you mean disconnect?"),
  (["lisen", "--user", "1"], "there is no command lisen: did you mean listen?"),
  (["help", "lisen"], "there is no command lisen: did you mean listen?"),
  (["help", "me"], "there is no command me: there are listen, watch, stats"),
  (["help", "listen", "watch"], "help takes one command"),
  (["help", "--user", "1"], "--user has no meaning for help"),
  (["listen"], "say what to listen to"),
  (["listen", "42"], "listen takes its targets from options"),
  (["listen", "--all", "--user", "42"], "--all and --user exclude each other"),
  (["listen", "--broadcast", "--all"], "--broadcast and --all exclude each other"),
  (["listen", "--user", ""], "an id in the target is empty"),
  (["listen", "--all", "--exec", ""], "--exec needs a value"),
  (["listen", "--all", "--since", ""], "--since needs a value"),
  (["listen", "--all", "--state", ""], "--state needs a value"),
  (["listen", "--all", "--since", "7-1", "--since", "7-2"], "--since is given twice, as 7-1 and as 7-2"),
  (["listen", "--all", "--key", "k"], "--key has no meaning for listen"),
  (["--all", "e", "1"], "--all has a meaning only for listen"),
  (["watch"], "say whom to watch"),
  (["watch", "everyone"], "say whom to watch"),
  (["watch", "users", "--topic", "t"], "say whom to watch"),
  (["watch", "--topic", "t", "--topic", "u"], "say whom to watch"),
  (["watch", "--users", "1"], "--users has no meaning for watch; say watch users or watch --topic NAME"),
  (["revoke"], "revoke is about one user: revoke --user ID"),
  (["revoke", "42"], "revoke is about one user: revoke --user ID"),
  (["block", "--user", "1", "--user", "2"], "block is about one user: block --user ID"),
  (["revoke", "--user", "42", "--before", "10:00"], "--before 10:00: give seconds since 1970"),
  (["revoke", "--user", "42", "--before", "-1"], "--before -1"),
  (["unblock", "--user", "42", "--for", "1h"], "--for has no meaning for unblock"),
  (["--user", "1", "--topic", "t", "e", "1"], "--user and --topic exclude each other"),
  (["--topics", "t", "--broadcast", "e", "1"], "--topics and --broadcast exclude each other"),
  (["--topics", "a,,b", "e", "1"], "the name of a topic is empty"),
  (["--broadcast"], "the event type is missing"),
  (["--broadcast", "e"], "the payload is missing"),
  (["--broadcast", "e", "{", "}"], "one payload, please"),
  (["--broadcast", "e", "--lines", "1"], "--lines reads its payloads from standard input"),
  (["--broadcast", "e", "--lines", "-", "-"], "--lines reads its payloads from standard input"),
  (["--broadcast", "e", "--lines", "--text", "@f"], "--lines reads its payloads from standard input, or from --file"),
  (["--broadcast", "e", "--lines", "@f", "--file", "f"], "--lines reads its payloads from standard input"),
  (["--broadcast", "e", "--lines", "--raw", "-"], "--lines reads its payloads from standard input, or from --file"),
  (["--broadcast", "e", "--raw", "a", "b"], "one payload, please"),
  (["--broadcast", "e", "--raw", "--text", "a"], "--raw and --text exclude each other"),
  (["--broadcast", "e", "1", "--replace", "a", "--clear", "a"], "--replace and --clear exclude each other"),
  (["--broadcast", "e", "1", "--replace", "a", "--ttl", "0"], "a value that lasts 0 seconds is none"),
  (["--users", "1,2", "e", "1", "--replace", "a"], "a value belongs to one user, one topic or everyone"),
  (["--topics", "1,2", "e", "1", "--clear", "a"], "a value belongs to one user, one topic or everyone"),
  (["--connection", "c", "e", "1", "--replace", "a"], "a value belongs to one user, one topic or everyone"),
  (["--broadcast", "e", "--lines", "--key", "k"], "--key names one event"),
  (["--broadcast", "e", "1", "--file", "f"], "an argument is one too many"),
  (["--broadcast", "e", "--file", ""], "--file needs a path"),
  (["--broadcast", "e", "--text", "a", "b"], "one payload, please"),
  (["--broadcast", "e", "a=1", "2"], "all must be such: 2 is not"),
  (["--broadcast", "e", "-", "a=1"], "all must be such: - is not"),
  (["--broadcast", "e", "a=1", "b=2", "a:=3"], "a is given twice"),
  (["--broadcast", "e", "--text", "--odd"], "-- stands before a payload like this"),
  (["stats", "--file", "f"], "--file has no meaning for stats"),
  (["--broadcast", "e", "1", "--ttl", "1.5"], "--ttl 1.5"),
  (["--broadcast", "e", "1", "--ttl", "-1"], "--ttl -1"),
  (["--broadcast", "e", "1", "--ttl", "31536001"], "--ttl 31536001"),
  (["--broadcast", "e", "1", "--ttl", ""], "--ttl"),
  (["--broadcast", "e", "1", "--ttl", "99999999999999999999"], "--ttl"),
  (["--broadcast", "e", "1", "--timeout", "soon"], "--timeout soon"),
  (["--broadcast", "e", "1", "--reason", "x"], "--reason has a meaning only for disconnect"),
  (["--quiet", "--json", "stats"], "exclude each other"),
  (["--socket", "", "stats"], "--socket needs a path"),
  (["stats", "now"], "stats takes no arguments"),
  (["ping", "1"], "ping takes no arguments"),
  (["explain"], "explain takes one event id"),
  (["connections"], "connections takes one user id"),
  (["connections", "1", "2"], "connections takes one user id"),
  (["connections", ""], "connections takes one user id"),
  (["connections", "1", "--user", "2"], "connections takes one user id"),
  (["connections", "--user", "1", "--user", "2"], "connections takes one user id"),
  (["connections", "--user", "1", "--connection", "c"], "--user and --connection exclude each other"),
  (["connections", "--users", "1,2"], "--users has no meaning for connections"),
  (["stats", "--user", "42"], "--user has no meaning for stats"),
  (["stats", "--require-delivery"], "--require-delivery has no meaning for stats"),
  (["disconnect", "--user", "42", "now"], "disconnect takes its target from"),
  (["disconnect", "--broadcast"], "--broadcast has no meaning for disconnect"),
  (["disconnect"], "say whom to disconnect"),
  (["disconnect", "--topic", "t"], "--topic has no meaning for disconnect"),
  (["connections", "--topic", "a", "--topic", "b"], "connections takes one user id"),
  (["subscribe", "--topic", "t"], "say whose topics subscribe is about"),
  (["subscribe", "--user", "42"], "say which topics"),
  (["subscribe", "--user", "42", "--user", "43", "--topic", "t"], "subscribe is about one user at a time"),
  (["subscribe", "--user", "42", "--connection", "c", "--topic", "t"], "--user and --connection exclude each other"),
  (["subscribe", "--users", "42,43", "--topic", "t"], "--users has no meaning for subscribe"),
  (["subscribe", "--user", "42", "orders/42"], "subscribe takes its target and topics from options"),
  (["unsubscribe", "--user", "42", "--topic", "t", "--for", "1h"], "--for has no meaning for unsubscribe"),
  (["--broadcast", "e", "1", "--for", "1h"], "--for has a meaning only for subscribe and block"),
])
func aCommandLineThatMakesNoSenseIsUsage(words: [String], message: String) {
  let failure = #expect(throws: Failure.self) { try InvocationParser.parse(words.map { Array($0.utf8) }) }
  #expect(failure?.code == .usage)
  #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
}

@Test func theLargestTTLIsAYear() throws {
  let task = try parse("--broadcast", "e", "1", "--ttl", "31536000").task
  #expect(task == .publish(Publication(target: .everyone, event: "e", ttl: 31_536_000), .argument(Array("1".utf8))))
}

@Test func textThatIsNotUTF8IsTold() {
  let event = #expect(throws: Failure.self) { try InvocationParser.parse([Array("--broadcast".utf8), [0xC3], json]) }
  #expect(event == Failure(.badData, "the event type is not UTF-8"))
  let value = #expect(throws: Failure.self) { try InvocationParser.parse([Array("--user".utf8), [0x80], json]) }
  #expect(value == Failure(.usage, "the value of --user is not UTF-8"))
}
