import HubCore
import Logging
import Testing

@testable import pushhubd

/// Which source wins, and what is said of what is wrong.
struct SettingsLoaderTests {
  private func lines(_ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil) -> [String] {
    let files = file.map { [Surroundings.defaultFile: Surroundings.Contents.bytes(Array($0.utf8))] } ?? [:]
    return SettingsLoader.outcome(.test(arguments, environment: environment, files: files)).lines
  }

  private func error(_ surroundings: Surroundings) -> SettingsErrors? {
    do throws(SettingsErrors) {
      _ = try SettingsLoader(surroundings).load()
      return nil
    } catch { return error }
  }

  @Test(
    arguments: [
      (["--threads=4"], ["PUSHHUB_THREADS": "3"], "threads: 2", 4), ([], ["PUSHHUB_THREADS": "3"], "threads: 2", 3),
      ([], [:], "threads: 2", 2), ([], [:], "", nil),
    ] as [([String], [String: String], String, Int?)])
  func theCommandLineGoesBeforeTheEnvironmentBeforeTheFile(
    arguments: [String], environment: [String: String], file: String, threads: Int?
  ) {
    let files = [Surroundings.defaultFile: Surroundings.Contents.bytes(Array(file.utf8))]
    let outcome = SettingsLoader.outcome(.test(arguments, environment: environment, files: files))
    #expect(outcome == SettingsLoader.Outcome(settings: .with { $0.threads = threads }, lines: []))
  }

  @Test(
    arguments: [
      ("3s", "5s", nil), ("3s", "4999ms", "5s"), ("8s", nil, nil), ("1h", nil, nil), ("1h", "3601s", "3602s"),
    ] as [(String, String?, String?)])
  func theGraceTimeExceedsTheTimeAfterWhichClientsComeBack(retry: String, grace: String?, least: String?) {
    let arguments = ["--stream-retry", retry] + (grace.map { ["--presence-grace", $0] } ?? [])
    let lines = lines(arguments)
    #expect(lines.count == (least == nil ? 0 : 1))
    guard let least else { return }
    #expect(lines[0].hasPrefix("--presence-grace (presence.grace): "))
    #expect(lines[0].hasSuffix("set it to \(least) or more"))
  }

  @Test(arguments: [("3s", 10_000), ("8s", 10_000), ("8001ms", 10_001), ("1h", 3_602_000)] as [(String, Int64)])
  func aGraceTimeThatNobodySetFollowsTheTimeAfterWhichClientsComeBack(retry: String, grace: Int64) throws {
    let settings = try #require(SettingsLoader.outcome(.test(["--stream-retry", retry])).settings)
    let hub = TestHub { $0 = settings }
    #expect(HubOptions(hub.hub.rules).presenceGrace == grace)
  }

  @Test func aListOfAStrongerSourceReplacesTheWeakerOne() {
    let file = "http:\n  allowed-origins: [https://a.example, https://b.example]"
    let surroundings = Surroundings.test(
      environment: ["PUSHHUB_HTTP_ALLOWED_ORIGINS": "https://c.example"],
      files: [Surroundings.defaultFile: .bytes(Array(file.utf8))])
    #expect(SettingsLoader.outcome(surroundings).settings?.http.allowedOrigins == ["https://c.example"])
  }

  @Test func theNamedFileReplacesTheDefaultOne() throws {
    let files: [String: Surroundings.Contents] = [
      Surroundings.defaultFile: .bytes(Array("threads: 2".utf8)), "/x.yaml": .bytes(Array("log: {level: debug}".utf8)),
    ]
    let outcome = SettingsLoader.outcome(.test(["--config", "/x.yaml"], files: files))
    #expect(outcome.settings == .with { $0.log.level = .debug })
  }

  @Test func sourcesAreNamed() throws {
    let surroundings = Surroundings.test(
      ["--threads=2", "--auth-key-file=k"], environment: ["PUSHHUB_LOG_LEVEL": "debug", "PUSHHUB_SOCKET": "/x"],
      files: [Surroundings.defaultFile: .bytes([])])
    #expect(
      try SettingsLoader(surroundings).load().sources == "/etc/pushhub/pushhubd.yaml, 1 environment variable, 2 options"
    )
  }

  @Test func aReloadReadsTheFileAnew() throws {
    let files = Files()
    var surroundings = Surroundings.test(["--auth-key-file=k", "--log-level=debug"])
    surroundings.readFile = { _ in .bytes(Array(files.text.utf8)) }
    let loader = SettingsLoader(surroundings)
    #expect(try loader.load().settings.threads == 2)
    files.text = "threads: 5"
    #expect(
      try loader.load().settings
        == .with {
          $0.threads = 5
          $0.log.level = .debug
          $0.auth.keyFile = "k"
        })
  }

  private final class Files: @unchecked Sendable {  // used by one task only
    var text = "threads: 2"
  }

  @Test func allErrorsAreReportedTogether() {
    let lines = lines(
      ["--treads=1", "--log-level=loud"], environment: ["PUSHHUB_THREADS": "0", "PUSHHUB_LOG_LEVL": "abc"],
      file: "http:\n  lisen: a\n  idle-timeout: 75\n")
    #expect(
      lines == [
        "command line: “--treads” is no option: did you mean --threads?",
        "/etc/pushhub/pushhubd.yaml: “http.lisen” is no key: did you mean http.listen?",
        "“PUSHHUB_LOG_LEVL” is no variable of pushhubd: did you mean PUSHHUB_LOG_LEVEL?",
        "/etc/pushhub/pushhubd.yaml: http.idle-timeout: “75” is no duration: write a whole number and ms, s, m, h or d, "
          + "such as 30s",
        "PUSHHUB_THREADS (threads): “0” is not what it takes: write a whole number from 1 to 1024, or auto",
        "--log-level (log.level): “loud” is none of trace, debug, info, notice, warning, error, critical",
      ])
  }

  @Test func anOverriddenValueHasToBeRightToo() {
    #expect(lines(["--threads=1"], file: "threads: none").count == 1)
  }

  @Test(arguments: [
    ("threds: 3", "“threds” is no key: did you mean threads?"),
    ("listen: a:1", "“listen” is no key: did you mean http.listen?"),
    ("HTTP:\n  listen: a:1", "“HTTP.listen” is no key: did you mean http.listen?"),
    ("http:\n  base_path: /", "“http.base_path” is no key: did you mean http.base-path?"),
    ("http:\n  zzz: 1", "“http.zzz” is no key"), ("threads:\n  count: 3", "“threads.count” is no key"),
    ("jwt-secret: hunter2", "“jwt-secret” is no key: a secret comes from the file that auth.key-file names"),
    ("\"a\\nb\": 1", "“a\\nb” is no key"),
    ("log: info", "“log” is a section and takes no value: write its keys below it, such as “level: …”"),
    ("http: [a, b]", "“http” is a section and takes no value: write its keys below it, such as “listen: …”"),
    ("threads: ~", "threads: ~ is no value: leave the key out for its default, or write \"\" for nothing"),
    ("threads: {}", "threads: a section is given where one value is taken"),
    ("auth: {cookie: {}}", "auth.cookie: a section is given where one value is taken"),
    ("http: {listen: {}}", "http.listen: a section is given where a list is taken"),
    (
      "http: {allowed-origins: ~}",
      "http.allowed-origins: ~ is no value: leave the key out for its default, or write \"\" for nothing"
    ),
    ("http: {listen: [~]}", "http.listen: ~ is no value: leave the key out for its default, or write \"\" for nothing"),
    ("auth: []", "“auth” is a section and takes no value: write its keys below it, such as “key-file: …”"),
    (
      "auth: {cookie: false}",
      "auth.cookie: false is a boolean, and this takes a text: write \"false\" if that is meant, or \"\" for nothing"
    ),
    (
      "auth: {issuer: 42}",
      "auth.issuer: 42 is a number, and this takes a text: write \"42\" if that is meant, or \"\" for nothing"
    ),
    (
      "auth: {key-file: 2025-12-10}",
      "auth.key-file: 2025-12-10 is a date, and this takes a text: write \"2025-12-10\" if that is meant, or \"\" for nothing"
    ),
    (
      "stream: {welcome-message: !!bool \"yes\"}",
      "stream.welcome-message: yes is a boolean, and this takes a text: write \"yes\" if that is meant, or \"\" for nothing"
    ),
    (
      "auth: {issuer: null}",
      "auth.issuer: null is no value: leave the key out for its default, or write \"\" for nothing"
    ),
    ("threads: [1, 2]", "threads: a list is given where one value is taken"),
    ("threads: []", "threads: a list is given where one value is taken"),
    ("http: {listen: []}", "http.listen: the list is empty: it takes at least one of the addresses"),
    ("http: {listen: ['']}", "http.listen: the list has an empty item: take out the comma or item too many"),
    (
      "http: {listen: 8888}",
      "http.listen: 8888 is a port without an address: write 127.0.0.1:8888 for this host only, or 0.0.0.0:8888 or "
        + "[::]:8888 for every network"
    ),
    ("http.idle-timeout: 2m\nhttp:\n  idle-timeout: 2m", "“http.idle-timeout” is there twice: leave one out"),
    (
      "limits: {per-user-policy: replac}",
      "limits.per-user-policy: “replac” is none of replace, refuse; did you mean replace?"
    ),
    ("publish: {group: wheel}", "publish.group: the system has no group “wheel”: write the name of one, or its number"),
  ])
  func anErrorInTheFileNamesTheFileAndTheKey(file: String, problem: String) {
    #expect(lines(file: file) == ["/etc/pushhub/pushhubd.yaml: \(problem)"])
  }

  @Test(arguments: [
    ("http:\n  listen: [a\nthreads: 3\n", ":3: not valid YAML: "), ("http:\n\tlisten: a\n", ":2: not valid YAML: "),
    ("threads: 3\n---\nthreads: 4\n", ":2: not valid YAML: "), ("threads: *x\n", ":1: not valid YAML: "),
    ("threads: \"3\u{1}\"\n", ":1: not valid YAML: "), ("? [a, b]\n: c\n", ":1: a key is no plain word: "),
    ("threads: 3\nthreads: 4\n", ":1: “threads” is there twice: leave one out"),
    ("threads: 3\nlog: !x {level: debug}\n", ":2: the tag “!x” means nothing here: take it out"),
    ("threads: 3\nauth: {issuer: !secret y}\n", ":2: the tag “!secret” means nothing here: take it out"),
    ("- a\n- b\n", ": the file does not consist of keys: write lines such as “threads: 4”"),
    ("text\n", ": the file does not consist of keys: "),
    ("publish:\n  allow:\n    - user: x\n", ":3: a list may only hold plain values, "),
    (String(repeating: "[", count: 100_000), ":1: not valid YAML: "),
    (String(repeating: "{a: ", count: 100_000), ":1: not valid YAML: "),
  ])
  func malformedYAMLIsNamedByFileAndLine(file: String, problem: String) {
    let lines = lines(file: file)
    #expect(lines.count == 1 && lines[0].hasPrefix("/etc/pushhub/pushhubd.yaml\(problem)"), "\(lines)")
    #expect(!lines.joined().contains("\n"))
  }

  @Test(arguments: [
    "", "\n\n", "# nothing\n", "---\n# nothing\n...\n", "http:\nlog:\n", "http: {}\nlog: ~\n", "\u{FEFF}# x\n",
  ])
  func aFileMaySayNothing(file: String) {
    #expect(SettingsLoader.outcome(.test(file: file)) == SettingsLoader.Outcome(settings: Settings(), lines: []))
  }

  @Test func aFileThatIsNotTextIsRefused() {
    let files = [Surroundings.defaultFile: Surroundings.Contents.bytes(Array("# x\n\nlog: ".utf8) + [0xFF])]
    #expect(
      SettingsLoader.outcome(.test(files: files)).lines == ["/etc/pushhub/pushhubd.yaml:3: the file is not UTF-8 text"])
  }

  /// Whatever is in a file, it is settings or errors.
  @Test func randomFilesAreReadOrRefused() {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &random)
    var generator = SplitMix(state: seed)
    let pieces = [
      "http:", "\n", "  ", "listen", ": ", "[", "]", "{", "}", "- ", "\"", "'", "#", "&a", "*a", "!!int", "|", ">",
      "\t", "threads", "publish", "allow", "user=", "everyone all", "to=*", "%", ",", "0", "9s", "é", "\u{0}", "---",
      "? ", "<<",
    ]
    for _ in 0..<2000 {
      let file = (0..<Int.random(in: 1..<30, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }
      let outcome = SettingsLoader.outcome(.test(file: file.joined()))
      #expect((outcome.settings == nil) != outcome.lines.isEmpty, "seed \(seed): \(file)")
      #expect(!outcome.lines.contains { $0.contains("\n") }, "seed \(seed): \(file)")
    }
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  @Test(arguments: [
    (["--config", "/x"], Surroundings.Contents.missing, "/x: the configuration file that --config names is not there"),
    (["--config=/x"], .unreadable("Permission denied"), "/x: the configuration file cannot be read: Permission denied"),
    (
      [], .unreadable("Is a directory"),
      "/etc/pushhub/pushhubd.yaml: the configuration file cannot be read: Is a directory"
    ),
  ])
  func aFileThatCannotBeReadIsAnError(arguments: [String], contents: Surroundings.Contents, line: String) {
    let files = ["/x": contents, Surroundings.defaultFile: arguments.isEmpty ? contents : .missing]
    #expect(SettingsLoader.outcome(.test(arguments, files: files)).lines == [line])
  }

  @Test(arguments: ["PUSHHUB_TREADS", "PUSHHUB_HTTP.LISTEN", "PUSHHUB_threads", "PUSHHUB_LOGLEVEL"])
  func aVariableThatIsAlmostOneIsAnError(name: String) {
    let lines = lines(environment: [name: "hunter2"])
    #expect(lines.count == 1 && lines[0].hasPrefix("“\(name)” is no variable of pushhubd: did you mean PUSHHUB_"))
    #expect(!lines.joined().contains("hunter2"))
  }

  /// What Kubernetes and Docker put into a container for a service that is called pushhub, among others.
  @Test(arguments: [
    "PUSHHUB_PORT", "PUSHHUB_SERVICE_HOST", "PUSHHUB_SERVICE_PORT", "PUSHHUB_SERVICE_PORT_HTTP",
    "PUSHHUB_PORT_8888_TCP", "PUSHHUB_PORT_8888_TCP_PROTO", "PUSHHUB_PORT_8888_TCP_PORT", "PUSHHUB_PORT_8888_TCP_ADDR",
    "PUSHHUB_NAME", "PUSHHUB_ENV_LANG", "PUSHHUB_", "PUSHHUB_JWT_SECRET", "PUSHHUB_EVENT_ID", "PUSHHUB_TARGET",
  ])
  func anyOtherUnknownVariableIsAWarningThatNamesIt(name: String) throws {
    var surroundings = Surroundings.test(environment: [name: "hunter2", "PUSHHUB_SOCKET": "/x"])
    surroundings.arguments = ["--dev"]
    let warnings = try SettingsLoader(surroundings).load().warnings
    #expect(warnings.count == 1 && warnings[0].hasPrefix("“\(name)” is no variable of pushhubd"))
    #expect(!warnings.joined().contains("hunter2"))
  }

  @Test(
    arguments: [
      ("auth: {cookie: \"false\", issuer: '42'}", "false", "42"),
      ("auth: {issuer: !!str 42, cookie: !!str no}", "no", "42"),
      ("auth: {cookie: }", nil, nil), ("auth: {cookie: \"\"}", nil, nil),
      ("auth: {issuer: v42}", "pushhub_token", "v42"),
    ] as [(String, String?, String?)])
  func quotationMarksAndTagsMakeATextOfAnything(file: String, cookie: String?, issuer: String?) {
    let auth = SettingsLoader.outcome(.test(file: file)).settings?.auth
    #expect(auth != nil && auth?.cookie == cookie && auth?.issuer == issuer)
  }

  /// A file that refers to itself again and again is large only on its way.
  @Test func aFileThatMultipliesItselfIsRefused() {
    var file = "k0: &k0 {x: 1}\n"
    for level in 1...9 {
      file += "k\(level): &k\(level) {" + (0..<9).map { "a\($0): *k\(level - 1)" }.joined(separator: ", ") + "}\n"
    }
    #expect(lines(file: file).joined().contains("the file has more than 10000 keys"))
  }

  @Test func aHubForDevelopmentReadsNoFileThatItIsNotGiven() throws {
    let files: [String: Surroundings.Contents] = [
      Surroundings.defaultFile: .bytes(Array("nonsense".utf8)), "/x.yaml": .bytes(Array("threads: 3".utf8)),
    ]
    #expect(try SettingsLoader(.test(["--dev"], files: files)).load().sources == "defaults")
    #expect(try SettingsLoader(.test(["--dev", "--config=/x.yaml"], files: files)).load().settings.threads == 3)
  }

  @Test func aVariableIsGuessedWithItsPrefix() {
    #expect(
      lines(environment: ["PUSHHUB_HTTP_LISTN": "x"]) == [
        "“PUSHHUB_HTTP_LISTN” is no variable of pushhubd: did you mean PUSHHUB_HTTP_LISTEN?"
      ])
  }

  @Test func otherVariablesAreNotLookedAt() {
    #expect(lines(environment: ["PUSHHUB_SOCKET": "x", "PUSHHUBD": "x", "pushhub_threads": "0", "THREADS": "x"]) == [])
  }

  @Test func withoutAKeyItSaysHowToMakeOne() {
    let lines = error(.test())?.lines ?? []
    #expect(lines.count == 1)
    for part in ["no key is configured", SettingsError.keyRecipe, "umask 077", "auth.key-file", "--dev"] {
      #expect(lines.joined().contains(part))
    }
    #expect(error(.test(["--auth-key-file", "k"])) == nil)
    #expect(error(.test(environment: ["CREDENTIALS_DIRECTORY": "/c"])) == nil)
    #expect(error(.test(["--dev"])) == nil)
  }

  @Test(arguments: [
    ("127.0.0.1:0", true), ("127.255.0.1:1", true), ("[::1]:1", true), ("localhost:1", true), ("0.0.0.0:1", false),
    ("[::]:1", false), ("10.0.0.1:1", false), ("host.example:1", false), ("[::ffff:127.0.0.1]:1", false),
  ])
  func developmentListensOnLoopbackOnly(address: String, isAllowed: Bool) {
    #expect((error(.test(["--dev", "--http-listen", address])) == nil) == isAllowed)
    let lines = error(.test(["--dev"], environment: ["PUSHHUB_HTTP_LISTEN": "127.0.0.1:1,\(address)"]))?.lines ?? []
    #expect(
      lines.allSatisfy { $0.hasPrefix("PUSHHUB_HTTP_LISTEN (http.listen): \(address) can be reached from outside") })
    #expect(lines.count == (isAllowed ? 0 : 1))
  }
}
