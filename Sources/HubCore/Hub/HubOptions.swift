package import HubProtocol

/// What an operator may set of the hub's own job. Durations are milliseconds.
package struct HubOptions: Sendable, Hashable {
  /// What happens to one connection more than a user may have.
  package enum PerUserPolicy: Sendable, Hashable { case replaceOldest, refuse }

  package var maxConnections = 10_000
  package var maxConnectionsPerUser = 32
  package var perUserPolicy = PerUserPolicy.replaceOldest
  package var historyMaxEvents = 10_000
  package var historyMaxBytes = 64 << 20
  package var historyMaxAge: Int64 = 600_000
  /// 0 in one of them: events with `replace` are ordinary events.
  package var historyMaxValues = 10_000
  package var historyMaxValueBytes = 16 << 20
  /// How many topics one connection may ask for, and how many it may be given beside its user's.
  package var maxTopicsPerConnection = 64
  /// Standing topics of one user, and of all.
  package var maxTopicsPerUser = 64
  package var maxStandingTopics = 100_000
  /// Users from whom something may be taken, and for how long a revocation stands.
  package var maxRevocations = 100_000
  package var revocationAge: Int64 = 30 * 86_400_000
  package var idempotencyKeys = 262_144
  package var idempotencyAge: Int64 = 600_000
  package var heartbeatInterval: Int64 = 30_000
  /// What clients are told to wait before they reconnect.
  package var retry: Int64 = 3_000
  /// `{userId}` stands for the user.
  package var welcomeMessage = "Welcome back, user {userId}!"

  /// How long somebody without a connection is taken to be coming back.
  package var presenceGrace: Int64 = 10_000
  /// The topics whose followers are told who else comes and goes.
  package var presenceTopics: [TopicPattern] = []

  package init() {}

  var historyLimits: History.Limits {
    History.Limits(maxEvents: historyMaxEvents, maxBytes: historyMaxBytes, maxAge: historyMaxAge)
  }

  var valueLimits: LastValues.Limits {
    LastValues.Limits(maxValues: historyMaxValues, maxBytes: historyMaxValueBytes)
  }

  var keyLimits: RecentKeys.Limits { RecentKeys.Limits(maxKeys: idempotencyKeys, maxAge: idempotencyAge) }
}
