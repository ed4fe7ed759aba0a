import HubCore
import Logging
import Runtime

extension SettingKey {
  /// Every key there is, in the order of the documentation.
  static let all: [SettingKey] = http + publish + auth + stream + history + presence + limits + process

  private static let second: Int64 = 1000
  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 86_400_000

  private static let http = [
    SettingKey(
      "http.listen", \.http.listen, .addresses, .atRestart,
      "Where browsers and HTTP clients connect: `HOST:PORT`, `[IPV6]:PORT`. Port 0 takes a free one, which the log names. "
        + "Not used when systemd hands over `http` sockets."),
    SettingKey(
      "http.base-path", \.http.basePath, .basePath, .atReload,
      "The path that the endpoints are below. A slash at its end is dropped; `/` or nothing puts them at the root."),
    SettingKey(
      "http.allowed-origins", \.http.allowedOrigins, .origins, .atReload,
      "Origins whose pages may use the hub (CORS), such as `https://app.example`. `*` is all of them, but never with "
        + "cookies."),
    SettingKey(
      "http.allowed-headers", \.http.allowedHeaders, .fieldNames, .atReload,
      "Header fields that pages of those origins may send beside the usual ones, such as `traceparent`."),
    SettingKey(
      "http.trusted-proxies", \.http.trustedProxies, .trustedProxies, .atReload,
      "From whom `Forwarded`, `X-Forwarded-For` and `X-Forwarded-Proto` are believed: `loopback`, `unix` (whoever connects on a "
        + "Unix socket), addresses and networks such as `10.0.0.0/8`."),
    SettingKey(
      "http.max-header-size", \.http.maxHeaderBytes, .size(1 << 10...Settings.HTTP.mostHeaderBytes), .atReload,
      "The most bytes of a request line with its header fields; more is a 431 or 414."),
    SettingKey(
      "http.max-body-size", \.http.maxBodyBytes, .size(1 << 10...64 << 20), .atReload,
      "The most bytes of a request's body; more is a 413."),
    SettingKey(
      "http.header-timeout", \.http.headerTimeout, .duration(10...hour), .atReload,
      "Within this time from its first byte on a request has to be there, body included; else it is a 408."),
    SettingKey(
      "http.idle-timeout", \.http.idleTimeout, .duration(10...day), .atReload,
      "A connection without a request is closed after this time."),
  ]

  private static let publish = [
    SettingKey(
      "publish.socket", \.publish.socket, .socketPath, .atRestart,
      "The Unix socket of the publishers. Where the default cannot be made (an ordinary user), it is "
        + "`$XDG_RUNTIME_DIR/pushhub/publish.sock`. Not used when systemd hands over `publish`."),
    SettingKey(
      "publish.mode", \.publish.mode, .mode, .atRestart,
      "Who may open that socket; quoted or plain, it is octal either way."),
    SettingKey(
      "publish.group", \.publish.group, .group, .atRestart,
      "The group of that socket, by name or number; nothing leaves it to the daemon's own."),
    SettingKey(
      "publish.allow", \.publish.allow, .publishRights, .atReload,
      "Which publishers may do what, by the user and group that the kernel names: see [Publishers' rights]"
        + "(#publishers-rights)."),
    SettingKey(
      "publish.max-line-size", \.publish.maxLineBytes, .size(1 << 10...64 << 20), .atRestart,
      "The most bytes of a publisher's line; a longer one is skipped and answered `ERR too-long`."),
    SettingKey(
      "publish.max-users", \.publish.maxUsers, .count(1...1_000_000), .atRestart,
      "How many users one event may be for by name (`users:`, `filter.userIds`); more is `ERR bad-target` or a 400."),
    SettingKey(
      "publish.max-publishers", \.publish.maxPublishers, .count(1...100_000), .atRestart,
      "How many publishers may be connected at once. For one more, the one that has been silent for longest gives way, if "
        + "that is 5 s or more; else it is answered `ERR overloaded`."),
    SettingKey(
      "publish.max-publishers-per-user", \.publish.maxPublishersPerUser, .count(1...100_000), .atRestart,
      "How many of them may be of one user of the system (uid); one more takes the place of another of that user in the "
        + "same way."),
  ]

  private static let auth = [
    SettingKey(
      "auth.key-file", \.auth.keyFile, .keyFile, .atReload,
      "The file with what tokens are checked with: a secret of at least 32 bytes, a PEM public key or a JWK Set, told "
        + "apart by content. `$CREDENTIALS_DIRECTORY` is where systemd puts credentials (`LoadCredential=`)."),
    SettingKey(
      "auth.key-type", \.auth.keyType, .choice(KeyType.allCases.map { ($0.rawValue, $0) }), .atReload,
      "What that file is. `auto`: a PEM public key or a JWK Set, and a secret only where it can be nothing else. `secret` "
        + "takes any content for one, `pem` and `jwks` never do."),
    SettingKey(
      "auth.issuer", \.auth.issuer, .optionalText, .atReload,
      "What a token's `iss` must be; nothing: it is not looked at."),
    SettingKey(
      "auth.audience", \.auth.audiences, .audiences, .atReload,
      "What a token's `aud` must be or hold, or several of which it must be or hold one; nothing: it is not looked at."),
    SettingKey(
      "auth.scope-claim", \.auth.scopeClaim, .optionalText, .atReload,
      "The only claim that scopes are read from; nothing: `scope`, `scopes` and `scp`."),
    SettingKey(
      "auth.topics-claim", \.auth.topicsClaim, .claimName, .atReload,
      "The claim that grants topics: an array of names and patterns, or a string with blanks between them."),
    SettingKey(
      "auth.leeway", \.auth.leeway, .duration(0...day), .atReload,
      "By how much the clock of whoever makes the tokens may be wrong (`exp`, `nbf`)."),
    SettingKey(
      "auth.revocation-age", \.auth.revocationAge, .duration(hour...3650 * day), .atReload,
      "For how long a revocation stands (`REVOKE`, `/sse/users/:userId/revoke`). Tokens that live longer are good again "
        + "afterwards."),
    SettingKey(
      "auth.cookie", \.auth.cookie, .cookieName, .atReload,
      "The cookie in which a token may come; nothing switches that off."),
    SettingKey(
      "auth.query-parameter", \.auth.queryParameter, .parameterName, .atReload,
      "The query parameter in which a token may come, such as `access_token`; nothing switches that off. Addresses end "
        + "up in logs and histories: use it only where nothing else works."),
  ]

  private static let stream = [
    SettingKey(
      "stream.heartbeat-interval", \.stream.heartbeatInterval, .duration(10...hour), .atRestart,
      "How often a stream carries a heartbeat. Proxies close what is silent for long: stay below their time-outs."),
    SettingKey(
      "stream.connection-timeout", \.stream.connectionTimeout, .duration(100...day), .atReload,
      "A client that takes nothing for this time while something waits for it is closed (`timeout`)."),
    SettingKey(
      "stream.retry", \.stream.retry, .duration(1...hour), .atReload,
      "How long clients are told to wait before they reconnect."),
    SettingKey(
      "stream.max-queued-bytes", \.stream.maxQueuedBytes, .size(1 << 10...1 << 30), .atReload,
      "How much may wait for one connection; beyond that it is closed (`slow-consumer`) and comes back for a replay."),
    SettingKey(
      "stream.welcome-message", \.stream.welcomeMessage, .message, .atReload,
      "The text of the `welcome` event; `{userId}` stands for the user."),
  ]

  private static let history = [
    SettingKey(
      "history.max-events", \.history.maxEvents, .count(0...100_000_000), .atReload,
      "How many events are kept for clients that come back; 0 switches history off."),
    SettingKey(
      "history.max-bytes", \.history.maxBytes, .size(0...64 << 30), .atReload,
      "How much memory they may take; 0 switches history off."),
    SettingKey(
      "history.max-age", \.history.maxAge, .duration(0...365 * day), .atReload,
      "For how long they are kept; 0 switches history off."),
    SettingKey(
      "history.max-values", \.history.maxValues, .count(0...100_000_000), .atReload,
      "How many last values (`replace`) are held; a new name beyond is `ERR too-many-values`, or a 507. 0: none are held, "
        + "and such events are like any other."),
    SettingKey(
      "history.max-value-bytes", \.history.maxValueBytes, .size(0...64 << 30), .atReload,
      "How much memory they may take, in the same way."),
  ]

  private static let presence = [
    SettingKey(
      "presence.grace", \.presence.grace, .duration(second...day), .atReload,
      "How long a user's last connection is gone before the user has left ([presence](topics.md#presence)); at least 2 s more "
        + "than `stream.retry`, so that a reload goes unnoticed. Where it is not set it is that, if that is more."),
    SettingKey(
      "presence.topics", \.presence.topics, .topicPatterns, .atReload,
      "The topics, by name or as `room/*`, whose followers are told who joins and leaves them."),
  ]

  private static let limits = [
    SettingKey(
      "limits.connections", \.limits.connections, .automaticCount(1...10_000_000), .atReload,
      "How many streams there may be; one more is a 503. `auto`: what RLIMIT_NOFILE allows, less a reserve."),
    SettingKey(
      "limits.connections-per-user", \.limits.connectionsPerUser, .count(1...1_000_000), .atReload,
      "How many streams one user may have."),
    SettingKey(
      "limits.per-user-policy", \.limits.perUserPolicy, .choice([("replace", .replaceOldest), ("refuse", .refuse)]),
      .atReload, "One more than that: `replace` closes the user's oldest stream, `refuse` answers 429."),
    SettingKey(
      "limits.requests-per-second", \.limits.requestsPerSecond, .count(0...1_000_000), .atReload,
      "HTTP requests per second and user, twice that in a burst; more is a 429. 0 is no limit."),
    SettingKey(
      "limits.http-connections", \.limits.httpConnections, .automaticCount(1...10_000_000), .atReload,
      "How many HTTP connections there may be that are no stream; a request on one more is answered 503, and the "
        + "connection closed. `auto`: a quarter of `limits.connections`, and at least 1,024, but at most a quarter of the "
        + "descriptors that the process may have."),
    SettingKey(
      "limits.idempotency-keys", \.limits.idempotencyKeys, .count(1...100_000_000), .atReload,
      "How many idempotency keys are remembered, a quarter of them for one publisher; more is `ERR too-many-keys`, or a "
        + "429."),
    SettingKey(
      "limits.idempotency-age", \.limits.idempotencyAge, .duration(second...day), .atReload,
      "How long a key is remembered."),
    SettingKey(
      "limits.topics-per-connection", \.limits.topicsPerConnection, .count(0...10_000), .atReload,
      "How many topics a connection may ask for, and how many it may be given for itself; more is a 400 or "
        + "`ERR too-many-topics`."),
    SettingKey(
      "limits.topics-per-user", \.limits.topicsPerUser, .count(0...10_000), .atReload,
      "How many topics a user may be given (`SUBSCRIBE user:`); more is `ERR too-many-topics`."),
    SettingKey(
      "limits.standing-topics", \.limits.standingTopics, .count(0...10_000_000), .atReload,
      "How many topics all users together may be given."),
    SettingKey(
      "limits.revocations", \.limits.revocations, .count(0...10_000_000), .atReload,
      "How many users may be revoked or blocked; one more is a 507 or `ERR too-many-revocations`."),
  ]

  private static let process = [
    SettingKey(
      "shutdown.grace", \.shutdown.grace, .duration(0...hour), .atReload,
      "How long a stop may take, so that what waits is still sent and clients do not all come back in one instant."),
    SettingKey(
      "threads", \.threads, .automaticCount(1...1024), .atRestart,
      "Shards: loops that serve connections, streams and publishers. `auto`: one for each processor."),
    SettingKey(
      "log.level", \.log.level, .choice(Logger.Level.allCases.map { ($0.rawValue, $0) }), .atReload,
      "The least important entries that are logged."),
    SettingKey(
      "log.target", \.log.target, .choice(LogTarget.allCases.map { ($0.rawValue, $0) }), .atRestart,
      "Where the log goes. `auto`: to the journal when systemd started the daemon, else to standard error."),
  ]
}
