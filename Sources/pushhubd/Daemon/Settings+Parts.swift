import HubCore

/// What each part of the hub needs of the settings.
extension Settings {
  func hubOptions(maxConnections: Int) -> HubOptions {
    var options = HubOptions()
    options.maxConnections = maxConnections
    options.maxConnectionsPerUser = limits.connectionsPerUser
    options.perUserPolicy = limits.perUserPolicy
    options.historyMaxEvents = history.maxEvents
    options.historyMaxBytes = history.maxBytes
    options.historyMaxAge = history.maxAge
    options.historyMaxValues = history.maxValues
    options.historyMaxValueBytes = history.maxValueBytes
    options.maxTopicsPerConnection = limits.topicsPerConnection
    options.maxTopicsPerUser = limits.topicsPerUser
    options.maxStandingTopics = limits.standingTopics
    options.idempotencyKeys = limits.idempotencyKeys
    options.idempotencyAge = limits.idempotencyAge
    options.heartbeatInterval = stream.heartbeatInterval
    options.retry = stream.retry
    options.welcomeMessage = stream.welcomeMessage
    return options
  }

  var streamLimits: StreamTable.Limits {
    StreamTable.Limits(
      maxQueuedBytes: stream.maxQueuedBytes, connectionTimeout: stream.connectionTimeout, tokenLeeway: auth.leeway)
  }

  /// - Parameter maxConnections: how many streams there may be.
  func httpOptions(isDevelopment: Bool, maxConnections: Int) -> HTTPOptions {
    HTTPOptions(
      basePath: http.basePath, allowedOrigins: http.allowedOrigins, allowedHeaders: http.allowedHeaders,
      tokenSource: TokenSource(cookie: auth.cookie, queryParameter: auth.queryParameter),
      maxHeaderBytes: http.maxHeaderBytes, maxBodyBytes: http.maxBodyBytes, headerTimeout: http.headerTimeout,
      idleTimeout: http.idleTimeout, requestsPerSecond: limits.requestsPerSecond,
      maxConnections: limits.httpConnections ?? DescriptorLimit.maxHTTPConnections(streams: maxConnections),
      maxUsers: publish.maxUsers, maxTopics: limits.topicsPerConnection,
      isDevelopment: isDevelopment)
  }

  var authenticatorRules: Authenticator.Rules {
    Authenticator.Rules(
      issuer: auth.issuer, audiences: auth.audiences, scopeClaim: auth.scopeClaim, topicsClaim: auth.topicsClaim,
      leeway: auth.leeway)
  }
}
