import HubCore
import Synchronization

/// What the operator set, and what is made of it once for all requests: one snapshot, replaced as a whole at a reload.
final class Rules: Sendable {
  let settings: Settings
  let authenticator: Authenticator
  let tokenSource: TokenSource
  let endpoints: Endpoints
  let crossOrigin: CrossOrigin
  let cookieRule: CookieRule
  /// How many streams there may be.
  let maxConnections: Int
  /// How many other HTTP connections there may be.
  let maxHTTPConnections: Int
  /// The demo page and its tokens.
  let isDevelopment: Bool
  private let refusedOrigins = Mutex<Set<String>>([])
  /// So many are remembered; then it begins anew, and the log sums up what is too much.
  private static let maxRefusedOrigins = 256

  /// - Parameter automaticMaximum: how many streams there may be where `limits.connections` does not say.
  init(_ settings: Settings, keys: KeyRing, automaticMaximum: Int, isDevelopment: Bool) {
    self.settings = settings
    self.isDevelopment = isDevelopment
    authenticator = Authenticator(keys: keys, settings: settings.auth)
    tokenSource = TokenSource(cookie: settings.auth.cookie, queryParameter: settings.auth.queryParameter)
    endpoints = Endpoints(basePath: settings.http.basePath, isDevelopment: isDevelopment)
    crossOrigin = CrossOrigin(
      allowing: settings.http.allowedOrigins, headers: settings.http.allowedHeaders, allowsLoopback: isDevelopment)
    cookieRule = CookieRule(allowedOrigins: settings.http.allowedOrigins)
    maxConnections = settings.limits.connections ?? automaticMaximum
    maxHTTPConnections =
      settings.limits.httpConnections ?? DescriptorLimit.maxHTTPConnections(streams: maxConnections)
  }

  /// Whether an origin that is refused has not been since these rules hold, so that the log tells of each once.
  func isFirstRefusal(of origin: String) -> Bool {
    refusedOrigins.withLock { origins in
      if origins.count >= Self.maxRefusedOrigins { origins = [] }
      return origins.insert(origin.prefix(utf8Bytes: 256)).inserted
    }
  }

  /// How often HTTP connections are to be looked at for deadlines, in milliseconds.
  var sweepInterval: Int64 { max(20, min(1000, min(settings.http.headerTimeout, settings.http.idleTimeout) / 4)) }
}

extension HubOptions {
  /// What HubCore needs of the settings.
  init(_ rules: Rules) {
    self.init()
    let settings = rules.settings
    maxConnections = rules.maxConnections
    maxConnectionsPerUser = settings.limits.connectionsPerUser
    perUserPolicy = settings.limits.perUserPolicy
    historyMaxEvents = settings.history.maxEvents
    historyMaxBytes = settings.history.maxBytes
    historyMaxAge = settings.history.maxAge
    historyMaxValues = settings.history.maxValues
    historyMaxValueBytes = settings.history.maxValueBytes
    presenceGrace = max(settings.presence.grace, settings.stream.retry + Settings.Presence.minReserve)
    presenceTopics = settings.presence.topics
    maxTopicsPerConnection = settings.limits.topicsPerConnection
    maxTopicsPerUser = settings.limits.topicsPerUser
    maxStandingTopics = settings.limits.standingTopics
    maxRevocations = settings.limits.revocations
    revocationAge = settings.auth.revocationAge
    idempotencyKeys = settings.limits.idempotencyKeys
    idempotencyAge = settings.limits.idempotencyAge
    heartbeatInterval = settings.stream.heartbeatInterval
    retry = settings.stream.retry
    welcomeMessage = settings.stream.welcomeMessage
  }
}
