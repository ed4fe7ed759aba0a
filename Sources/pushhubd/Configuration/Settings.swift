import HubCore
import HubProtocol
import Logging

/// All that an operator may set, with the defaults. Durations are milliseconds, sizes bytes.
///
/// `SettingKey.all` says how each is called, written and bounded; a value that was loaded keeps to those bounds.
struct Settings: Sendable, Equatable {
  struct HTTP: Sendable, Equatable {
    /// The most that may be set for `maxHeaderBytes`.
    static let mostHeaderBytes = 1 << 20

    /// At least one; not used when systemd hands over `http` sockets.
    var listen = [ListenAddress(host: "127.0.0.1", port: 8888)]
    /// Begins with `/` and does not end with one, unless that is all: then the endpoints are at the root.
    var basePath = "/sse"
    /// Each `scheme://host[:port]` as browsers write it, or `*`.
    var allowedOrigins: [String] = []
    /// Names of header fields, beside those that are always allowed.
    var allowedHeaders: [String] = []
    var trustedProxies = TrustedProxies.standard
    var maxHeaderBytes = 16 << 10
    var maxBodyBytes = 1 << 20
    var headerTimeout: Int64 = 10_000
    var idleTimeout: Int64 = 75_000
  }

  struct Publish: Sendable, Equatable {
    /// Where `/run/pushhub` cannot be made, `fallbackSocket` stands in for this path.
    static let defaultSocket = "/run/pushhub/publish.sock"

    /// Not used when systemd hands over `publish`.
    var socket = Self.defaultSocket
    var mode: UInt32 = 0o660
    var group: NamedGroup?
    var maxLineBytes = 1 << 20
    var maxUsers = 10_000
    var maxPublishers = 1024
    var maxPublishersPerUser = 256
    var allow = PublishRights.standard

    /// The socket of an ordinary user, below `$XDG_RUNTIME_DIR`; nil where there is none or another path was set.
    func fallbackSocket(environment: [String: String]) -> String? {
      guard socket == Self.defaultSocket, let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/")
      else {
        return nil
      }
      return directory + "/pushhub/publish.sock"
    }
  }

  struct Auth: Sendable, Equatable {
    /// The credential that holds the key where no file is named.
    static let credential = "jwt-key"
    /// What is in it where systemd found no key: `SetCredential=` of the unit. Too short for a secret.
    static let missingCredential = "missing"

    /// nil: the credential `jwt-key` of systemd: see `Credential`.
    var keyFile: String?
    var keyType = KeyType.automatic
    /// What `iss` must be; nil: it is not looked at.
    var issuer: String?
    /// One of these `aud` must be or hold; where there is none, it is not looked at.
    var audiences: [String] = []
    /// The claim that names scopes; nil: `scope`, `scopes` and `scp`.
    var scopeClaim: String?
    /// The claim that grants topics.
    var topicsClaim = "topics"
    /// By how much other clocks may be wrong: `exp` counts so much later, `nbf` so much earlier.
    var leeway: Int64 = 0
    /// For how long a revocation stands.
    var revocationAge: Int64 = 30 * 86_400_000
    /// nil: cookies are not looked at.
    var cookie: String? = "pushhub_token"
    /// nil: the query is not looked at.
    var queryParameter: String?
  }

  struct Stream: Sendable, Equatable {
    var heartbeatInterval: Int64 = 30_000
    var connectionTimeout: Int64 = 120_000
    var retry: Int64 = 3_000
    var maxQueuedBytes = 1 << 20
    /// `{userId}` stands for the user.
    var welcomeMessage = "Welcome back, user {userId}!"
  }

  /// 0 in one of the first three switches history off.
  struct History: Sendable, Equatable {
    var maxEvents = 10_000
    var maxBytes = 64 << 20
    var maxAge: Int64 = 600_000
    /// 0 in one of these two: no values are held.
    var maxValues = 10_000
    var maxValueBytes = 16 << 20
  }

  struct Presence: Sendable, Equatable {
    /// The grace time exceeds `stream.retry` at least by this.
    static let minReserve: Int64 = 2_000

    /// How long somebody without a connection is taken to be coming back.
    var grace: Int64 = 10_000
    /// The topics whose followers are told who comes and goes.
    var topics: [TopicPattern] = []
  }

  struct Limits: Sendable, Equatable {
    /// nil: as many as RLIMIT_NOFILE allows, less a reserve.
    var connections: Int?
    var connectionsPerUser = 32
    var perUserPolicy = HubOptions.PerUserPolicy.replaceOldest
    /// 0: no limit.
    var requestsPerSecond = 100
    /// nil: as many as `DescriptorLimit.maxHTTPConnections` says.
    var httpConnections: Int?
    var idempotencyKeys = 262_144
    var idempotencyAge: Int64 = 600_000
    var topicsPerConnection = 64
    var topicsPerUser = 64
    var standingTopics = 100_000
    var revocations = 100_000
  }

  struct Shutdown: Sendable, Equatable {
    var grace: Int64 = 10_000
  }

  struct Log: Sendable, Equatable {
    var level = Logger.Level.info
    var target = LogTarget.automatic
  }

  var http = HTTP()
  var publish = Publish()
  var auth = Auth()
  var stream = Stream()
  var history = History()
  var presence = Presence()
  var limits = Limits()
  var shutdown = Shutdown()
  /// nil: as many as there are processors.
  var threads: Int?
  var log = Log()
}

/// A group of the system, by the name or number that the operator wrote.
struct NamedGroup: Sendable, Equatable {
  let name: String
  let id: UInt32
}
