import HubCore
import HubProtocol
import Logging
import Testing

@testable import pushhubd

/// Every key, from every source, at its bounds and beyond.
struct SettingKeyTests {
  /// A value of a key that is not its default, as it is written, and what it makes of the defaults.
  struct Sample: Sendable, CustomTestStringConvertible {
    let key: String
    let text: String
    let expected: Settings

    init(_ key: String, _ text: String, _ change: (inout Settings) -> Void) {
      self.key = key
      self.text = text
      expected = .with(change)
    }

    var testDescription: String { key }
    var setting: SettingKey? { SettingKey.all.first { $0.name == key } }
  }

  static let samples = [
    Sample("http.listen", "127.0.0.1:0,[::1]:8080") {
      $0.http.listen = [ListenAddress(host: "127.0.0.1", port: 0), ListenAddress(host: "::1", port: 8080)]
    },
    Sample("http.base-path", "/api/sse/") { $0.http.basePath = "/api/sse" },
    Sample("http.allowed-origins", "https://App.example:443, http://localhost:5173,*") {
      $0.http.allowedOrigins = ["https://app.example", "http://localhost:5173", "*"]
    },
    Sample("http.allowed-headers", "traceparent,x-request-id") {
      $0.http.allowedHeaders = ["traceparent", "x-request-id"]
    },
    Sample("http.trusted-proxies", "loopback, 192.0.2.0/24,2001:db8::1") {
      $0.http.trustedProxies = TrustedProxies(
        entries: ["loopback", "192.0.2.0/24", "2001:db8::1"].compactMap(TrustedProxies.Entry.init))
    },
    Sample("http.max-header-size", "64KiB") { $0.http.maxHeaderBytes = 65_536 },
    Sample("http.max-body-size", "2MiB") { $0.http.maxBodyBytes = 2_097_152 },
    Sample("http.header-timeout", "500ms") { $0.http.headerTimeout = 500 },
    Sample("http.idle-timeout", "2m") { $0.http.idleTimeout = 120_000 },
    Sample("publish.socket", "/tmp/p.sock") { $0.publish.socket = "/tmp/p.sock" },
    Sample("publish.mode", "0600") { $0.publish.mode = 0o600 },
    Sample("publish.group", "billing") { $0.publish.group = NamedGroup(name: "billing", id: 2001) },
    Sample("publish.allow", "user=deploy push,group=4 stats") {
      $0.publish.allow = PublishRights([
        PublishRule(who: .user(1001), rights: [.push], targets: [], events: [], text: "user=deploy push"),
        PublishRule(who: .group(4), rights: [.stats], targets: [], events: [], text: "group=4 stats"),
      ])
    },
    Sample("publish.max-line-size", "1KiB") { $0.publish.maxLineBytes = 1024 },
    Sample("publish.max-users", "5") { $0.publish.maxUsers = 5 },
    Sample("publish.max-publishers", "1") { $0.publish.maxPublishers = 1 },
    Sample("publish.max-publishers-per-user", "2") { $0.publish.maxPublishersPerUser = 2 },
    Sample("auth.key-file", "/etc/key") { $0.auth.keyFile = "/etc/key" },
    Sample("auth.key-type", "jwks") { $0.auth.keyType = .jwks },
    Sample("auth.issuer", "https://issuer.example") { $0.auth.issuer = "https://issuer.example" },
    Sample("auth.audience", "hub, https://api.example") { $0.auth.audiences = ["hub", "https://api.example"] },
    Sample("auth.scope-claim", "permissions") { $0.auth.scopeClaim = "permissions" },
    Sample("auth.topics-claim", "https://example.org/topics") {
      $0.auth.topicsClaim = "https://example.org/topics"
    },
    Sample("auth.leeway", "5s") { $0.auth.leeway = 5000 },
    Sample("auth.revocation-age", "90d") { $0.auth.revocationAge = 90 * 86_400_000 },
    Sample("auth.cookie", "__Host-token") { $0.auth.cookie = "__Host-token" },
    Sample("auth.query-parameter", "access_token") { $0.auth.queryParameter = "access_token" },
    Sample("stream.heartbeat-interval", "15s") { $0.stream.heartbeatInterval = 15_000 },
    Sample("stream.connection-timeout", "1h") { $0.stream.connectionTimeout = 3_600_000 },
    Sample("stream.retry", "1500ms") { $0.stream.retry = 1500 },
    Sample("stream.max-queued-bytes", "1GiB") { $0.stream.maxQueuedBytes = 1 << 30 },
    Sample("stream.welcome-message", "Hi, {userId}: it’s you") { $0.stream.welcomeMessage = "Hi, {userId}: it’s you" },
    Sample("history.max-events", "0") { $0.history.maxEvents = 0 },
    Sample("history.max-bytes", "0") { $0.history.maxBytes = 0 },
    Sample("history.max-age", "2d") { $0.history.maxAge = 172_800_000 },
    Sample("history.max-values", "0") { $0.history.maxValues = 0 },
    Sample("history.max-value-bytes", "1MiB") { $0.history.maxValueBytes = 1 << 20 },
    Sample("presence.grace", "30s") { $0.presence.grace = 30_000 },
    Sample("presence.topics", "room/*,lobby") {
      $0.presence.topics = ["room/*", "lobby"].compactMap(TopicPattern.init)
    },
    Sample("limits.connections", "5000") { $0.limits.connections = 5000 },
    Sample("limits.connections-per-user", "4") { $0.limits.connectionsPerUser = 4 },
    Sample("limits.per-user-policy", "refuse") { $0.limits.perUserPolicy = .refuse },
    Sample("limits.requests-per-second", "0") { $0.limits.requestsPerSecond = 0 },
    Sample("limits.http-connections", "7") { $0.limits.httpConnections = 7 },
    Sample("limits.idempotency-keys", "12") { $0.limits.idempotencyKeys = 12 },
    Sample("limits.idempotency-age", "1h") { $0.limits.idempotencyAge = 3_600_000 },
    Sample("limits.topics-per-connection", "8") { $0.limits.topicsPerConnection = 8 },
    Sample("limits.topics-per-user", "9") { $0.limits.topicsPerUser = 9 },
    Sample("limits.standing-topics", "10") { $0.limits.standingTopics = 10 },
    Sample("limits.revocations", "10") { $0.limits.revocations = 10 },
    Sample("shutdown.grace", "0") { $0.shutdown.grace = 0 },
    Sample("threads", "4") { $0.threads = 4 },
    Sample("log.level", "debug") { $0.log.level = .debug },
    Sample("log.target", "journal") { $0.log.target = .journal },
  ]

  @Test func everyKeyHasASample() {
    #expect(Self.samples.map(\.key) == SettingKey.all.map(\.name))
    for name in SettingKey.all.map(\.name) { #expect(name.wholeMatch(of: /[a-z]+(\.[a-z-]+)?/) != nil) }
  }

  @Test(arguments: samples) func comesFromAnOption(sample: Sample) throws {
    let option = try #require(sample.setting).option
    #expect(SettingsLoader.outcome(.test([option, sample.text])).settings == sample.expected)
    #expect(SettingsLoader.outcome(.test(["\(option)=\(sample.text)"])).settings == sample.expected)
  }

  @Test(arguments: samples) func comesFromAVariable(sample: Sample) throws {
    let variable = try #require(sample.setting).variable
    #expect(SettingsLoader.outcome(.test(environment: [variable: sample.text])).settings == sample.expected)
  }

  @Test(arguments: samples) func comesFromTheFile(sample: Sample) throws {
    let key = try #require(sample.setting)
    let nested = key.components.count == 1 ? "threads: " : "\(key.components[0]):\n  \(key.components[1]): "
    #expect(SettingsLoader.outcome(.test(file: nested + "\"\(sample.text)\"\n")).settings == sample.expected)
    if key.isList {
      let items = sample.text.split(separator: ",").map { "\n    - \"\($0)\"" }.joined()
      #expect(SettingsLoader.outcome(.test(file: nested + items)).settings == sample.expected)
    } else if !sample.text.contains(": ") {
      #expect(SettingsLoader.outcome(.test(file: nested + sample.text)).settings == sample.expected)
    }
  }

  /// What help and documentation call the default is written so that it can be read.
  @Test(arguments: SettingKey.all.map(\.option)) func aDefaultIsReadAsItIsWritten(option: String) throws {
    let key = try #require(SettingKey.all.first { $0.option == option })
    #expect(SettingsLoader.outcome(.test([option, key.defaultText])).settings == Settings())
    for sample in Self.samples where sample.key == key.name {
      #expect(SettingsLoader.outcome(.test([option, key.write(sample.expected)])).settings == sample.expected)
    }
  }

  /// The contract's defaults, by themselves.
  @Test(arguments: [
    ("http.listen", "127.0.0.1:8888"), ("http.base-path", "/sse"), ("http.allowed-origins", ""),
    ("http.max-header-size", "16KiB"), ("http.max-body-size", "1MiB"), ("http.header-timeout", "10s"),
    ("http.idle-timeout", "75s"), ("publish.socket", "/run/pushhub/publish.sock"), ("publish.mode", "0660"),
    ("publish.group", ""), ("publish.max-line-size", "1MiB"), ("publish.max-publishers", "1024"),
    ("publish.max-users", "10000"), ("publish.max-publishers-per-user", "256"), ("limits.http-connections", "auto"),
    ("limits.idempotency-keys", "262144"), ("limits.idempotency-age", "10m"), ("limits.revocations", "100000"),
    ("auth.revocation-age", "30d"),
    ("auth.key-file", "$CREDENTIALS_DIRECTORY/jwt-key"), ("auth.key-type", "auto"), ("auth.issuer", ""),
    ("auth.audience", ""),
    ("auth.scope-claim", ""), ("http.allowed-headers", ""), ("http.trusted-proxies", "loopback,unix"),
    ("auth.leeway", "0s"), ("auth.cookie", "pushhub_token"), ("auth.query-parameter", ""),
    ("stream.heartbeat-interval", "30s"), ("stream.connection-timeout", "120s"), ("stream.retry", "3s"),
    ("stream.max-queued-bytes", "1MiB"), ("stream.welcome-message", "Welcome back, user {userId}!"),
    ("presence.grace", "10s"), ("presence.topics", ""),
    ("history.max-events", "10000"), ("history.max-bytes", "64MiB"), ("history.max-age", "10m"),
    ("limits.connections", "auto"), ("limits.connections-per-user", "32"), ("limits.per-user-policy", "replace"),
    ("limits.requests-per-second", "100"), ("shutdown.grace", "10s"), ("threads", "auto"), ("log.level", "info"),
    ("log.target", "auto"), ("publish.allow", "everyone publish,user=root all"),
  ])
  func defaultsAreTheDocumentedOnes(name: String, text: String) {
    #expect(SettingKey.all.first { $0.name == name }?.defaultText == text)
  }

  @Test(arguments: [
    ("--http-max-header-size", ["1023B", "1048577B", "0"], ["1024B", "1KiB", "1MiB"]),
    ("--http-max-body-size", ["1023B", "67108865B"], ["1KiB", "64MiB"]),
    ("--http-header-timeout", ["9ms", "3600001ms", "0"], ["10ms", "1h"]),
    ("--http-idle-timeout", ["9ms", "2d", "0s"], ["10ms", "1d"]),
    ("--publish-max-line-size", ["1023B", "67108865B"], ["1KiB", "64MiB"]),
    ("--publish-max-publishers", ["0", "100001"], ["1", "100000"]),
    ("--publish-max-publishers-per-user", ["0", "100001"], ["1", "100000"]),
    ("--publish-max-users", ["0", "1000001"], ["1", "1000000"]),
    ("--limits-http-connections", ["0", "10000001"], ["1", "auto"]),
    ("--limits-idempotency-keys", ["0", "100000001"], ["1", "100000000"]),
    ("--limits-idempotency-age", ["0", "999ms", "25h"], ["1s", "24h"]),
    ("--limits-revocations", ["-1", "10000001"], ["0", "10000000"]),
    ("--auth-revocation-age", ["0", "59m", "3651d"], ["1h", "3650d"]),
    (
      "--publish-mode", ["01000", "1777", "77", "0o7777", "8", "0888", "rw", "-660", ""],
      ["000", "0777", "660", "0o660"]
    ),
    ("--auth-leeway", ["86400001ms", "25h"], ["0", "0s", "1ms", "24h"]),
    ("--stream-heartbeat-interval", ["0", "9ms", "61m"], ["10ms", "60m"]),
    ("--stream-connection-timeout", ["0", "99ms", "86401s"], ["100ms", "86400s"]),
    ("--stream-retry", ["0", "3601s"], ["1ms", "8s"]),
    ("--presence-grace", ["0", "999ms", "4999ms", "25h"], ["5s", "24h"]),
    ("--stream-max-queued-bytes", ["1023B", "2GiB"], ["1024B", "1024MiB"]),
    ("--history-max-events", ["100000001"], ["0", "100000000"]),
    ("--history-max-bytes", ["65GiB"], ["0", "64GiB"]),
    ("--history-max-age", ["366d"], ["0", "365d"]),
    ("--limits-connections", ["0", "10000001", "automatic"], ["1", "10000000", "auto"]),
    ("--limits-connections-per-user", ["0", "1000001"], ["1", "1000000"]),
    ("--limits-requests-per-second", ["1000001"], ["0", "1000000"]),
    ("--shutdown-grace", ["61m"], ["0", "1h"]),
    ("--threads", ["0", "1025", "Auto", ""], ["1", "1024", "auto"]),
  ])
  func boundsHold(option: String, refused: [String], taken: [String]) {
    for text in refused {
      let lines = SettingsLoader.outcome(.test(["\(option)=\(text)"])).lines
      #expect(lines.count == 1 && lines[0].hasPrefix("\(option) ("), "\(text): \(lines)")
    }
    for text in taken { #expect(SettingsLoader.outcome(.test(["\(option)=\(text)"])).lines == [], "\(text)") }
  }

  @Test(arguments: [
    "-1", "+1", "1.5", "1e3", "1_000", "1,000", " 1", "1 ", "0x10", "٣", "99999999999999999999", "one",
  ])
  func aNumberIsDigitsAlone(text: String) {
    for option in ["--threads", "--history-max-events", "--limits-connections"] {
      #expect(SettingsLoader.outcome(.test(["\(option)=\(text)"])).lines.count == 1)
    }
  }

  @Test(arguments: [
    "", "30", "s", "-1s", "+1s", "1.5s", "30 s", "30S", "1m30s", "30sec", "1w", "00", "٣s", " 30s",
    "99999999999999999999d",
    "9223372036854775807d",
  ])
  func aDurationHasItsUnit(text: String) {
    #expect(SettingsLoader.outcome(.test(["--history-max-age=\(text)"])).lines.count == 1)
  }

  @Test(arguments: ["", "64", "64K", "64KB", "64kib", "-1KiB", "1.5MiB", "64 KiB", "KiB", "9223372036854775807GiB"])
  func aSizeHasItsUnit(text: String) {
    #expect(SettingsLoader.outcome(.test(["--history-max-bytes=\(text)"])).lines.count == 1)
  }

  @Test(arguments: [
    ("", "/"), ("/", "/"), ("/sse", "/sse"), ("/sse/", "/sse"), ("/a/b-c_d.e~f", "/a/b-c_d.e~f"),
  ])
  func aBasePathLosesTheSlashAtItsEnd(text: String, path: String) {
    #expect(SettingsLoader.outcome(.test(["--http-base-path=\(text)"])).settings?.http.basePath == path)
  }

  @Test(arguments: ["sse", "//", "/a//b", "/a/../b", "/.", "/a?b", "/a#b", "/a b", "/%61", "/ä", "https://a/sse"])
  func aBasePathHasPlainSegments(text: String) {
    #expect(SettingsLoader.outcome(.test(["--http-base-path=\(text)"])).lines.count == 1)
  }

  @Test(arguments: [
    ("--publish-socket", String(repeating: "p", count: 108)), ("--publish-socket", ""), ("--publish-socket", "/run/"),
    ("--publish-group", "nobody-there"), ("--publish-group", "4294967295"), ("--publish-group", "-1"),
    ("--auth-issuer", "a\nb"), ("--auth-issuer", String(repeating: "i", count: 1025)), ("--auth-cookie", "a b"),
    ("--auth-cookie", "a=b"), ("--auth-cookie", "ä"), ("--auth-query-parameter", "a&b"),
    ("--auth-query-parameter", String(repeating: "q", count: 129)), ("--auth-key-file", "$HOME/key"),
    ("--stream-welcome-message", "a\u{85}b"), ("--stream-welcome-message", String(repeating: "w", count: 1025)),
    ("--auth-key-type", "PEM"), ("--auth-key-type", ""), ("--limits-per-user-policy", "Replace"),
    ("--log-level", "warn"), ("--log-level", ""), ("--log-target", "syslog"),
    ("--http-listen", ""), ("--http-listen", "127.0.0.1:1,"), ("--http-listen", "127.0.0.1:1,127.0.0.1:1"),
    ("--publish-allow", ""), ("--presence-topics", "a,,b"), ("--presence-topics", "a\u{7}"),
    ("--presence-topics", String(repeating: "t", count: 129)),
    ("--presence-topics", (0...100).map { "t\($0)" }.joined(separator: ",")),
  ])
  func aValueThatIsNoneIsRefused(option: String, text: String) {
    let lines = SettingsLoader.outcome(.test(["\(option)=\(text)"])).lines
    #expect(lines.count == 1 && lines[0].hasPrefix("\(option) ("), "\(lines)")
    #expect(!lines.joined().unicodeScalars.contains { $0.isControl })
  }

  @Test(arguments: [
    ("--publish-socket", String(repeating: "p", count: 107)), ("--publish-group", "0"),
    ("--publish-group", "4294967294"),
    ("--auth-issuer", String(repeating: "i", count: 1024)), ("--http-listen", "127.0.0.1:0,127.0.0.1:0"),
    ("--auth-query-parameter", String(repeating: "q", count: 128)), ("--stream-welcome-message", ""),
  ])
  func aValueAtItsLimitIsTaken(option: String, text: String) {
    #expect(SettingsLoader.outcome(.test(["\(option)=\(text)"])).lines == [])
  }

  @Test func nothingSwitchesOff() {
    let outcome = SettingsLoader.outcome(.test(file: "auth:\n  cookie: \"\"\n  issuer:\n"))
    #expect(outcome.settings == .with { $0.auth.cookie = nil })
  }

  @Test func aCredentialIsNamedByItsVariable() {
    let outcome = SettingsLoader.outcome(.test(["--auth-key-file=$CREDENTIALS_DIRECTORY/other"]))
    #expect(outcome.settings?.auth.keyFile == "/run/credentials/other")
    #expect(SettingsLoader.outcome(.test(["--auth-key-file=$CREDENTIALS_DIRECTORY/jwt-key"])).settings == Settings())
  }
}
