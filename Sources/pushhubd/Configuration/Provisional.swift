import HubCore
import Logging

struct Settings: Sendable, Equatable {
  struct HTTP: Sendable, Equatable {
    var listen = [ListenAddress(host: "127.0.0.1", port: 8888)]
    var basePath = "/sse"
    var allowedOrigins: [String] = []
    var maxHeaderBytes = 16 << 10
    var maxBodyBytes = 1 << 20
    var headerTimeout: Int64 = 10_000
    var idleTimeout: Int64 = 75_000
  }
  struct Publish: Sendable, Equatable {
    var socket = "/run/pushhub/publish.sock"
    var mode: UInt32 = 0o660
    var group: NamedGroup?
    var maxLineBytes = 1 << 20
    var maxPublishers = 1024
  }
  struct Auth: Sendable, Equatable {
    var keyFile: String?
    var issuer: String?
    var audience: String?
    var leeway: Int64 = 0
    var cookie: String? = "pushhub_token"
    var queryParameter: String?
  }
  struct Stream: Sendable, Equatable {
    var heartbeatInterval: Int64 = 30_000
    var connectionTimeout: Int64 = 120_000
    var retry: Int64 = 3000
    var maxQueuedBytes = 1 << 20
    var welcomeMessage = "Welcome back, user {userId}!"
  }
  struct History: Sendable, Equatable {
    var maxEvents = 10_000
    var maxBytes = 64 << 20
    var maxAge: Int64 = 600_000
  }
  struct Limits: Sendable, Equatable {
    var connections: Int?
    var connectionsPerUser = 32
    var perUserPolicy = HubOptions.PerUserPolicy.replaceOldest
    var requestsPerSecond = 100
  }
  var http = HTTP()
  var publish = Publish()
  var auth = Auth()
  var stream = Stream()
  var history = History()
  var limits = Limits()
  var shutdown = Shutdown()
  struct Shutdown: Sendable, Equatable { var grace: Int64 = 10_000 }
  var threads: Int?
  struct Log: Sendable, Equatable { var level = Logger.Level.info; var target = LogTarget.automatic }
  var log = Log()
}

struct NamedGroup: Sendable, Equatable { let name: String; let id: UInt32 }
struct ListenAddress: Sendable, Equatable { let host: String; let port: Int }
extension Settings {
  init(environment: [String: String]) {
    self.init()
    func get(_ k: String) -> String? { environment["PUSHHUB_" + k] }
    if let v = get("HTTP_LISTEN"), let i = v.lastIndex(of: ":") { http.listen = [ListenAddress(host: String(v[..<i]), port: Int(v[v.index(after: i)...]) ?? 0)] }
    if let v = get("PUBLISH_SOCKET") { publish.socket = v }
    if let v = get("AUTH_KEY_FILE") { auth.keyFile = v }
    if let v = get("THREADS").flatMap({ Int($0) }) { threads = v }
    if let v = get("LIMITS_CONNECTIONS_PER_USER").flatMap({ Int($0) }) { limits.connectionsPerUser = v }
    if let v = get("LOG_LEVEL").flatMap({ Logger.Level(rawValue: $0) }) { log.level = v }
  }
}

extension Settings.Publish {
  func fallbackSocket(environment: [String: String]) -> String? { environment["XDG_RUNTIME_DIR"].map { $0 + "/pushhub/publish.sock" } }
}
