import HubCore
import HubProtocol

@testable import pushhubd

/// Makes hubs that are full, so that no stream is opened.
struct FuzzHub {
  static let now = Moment(wall: 1_765_368_000_000, monotonic: 1_000)
  private static let secret = Array("a secret of at least thirty-two bytes".utf8)

  private let rules: Rules
  private let log: HubLog
  /// What stands in the inputs for the one token that is good, and that token.
  private let good = Array("good".utf8)
  private let token: [UInt8]

  init() {
    var settings = Settings()
    settings.http.maxHeaderBytes = 2048
    settings.http.maxBodyBytes = 512
    settings.limits.connections = 0
    settings.limits.requestsPerSecond = 0
    guard let keys = try? KeyFile(contents: Self.secret, type: .secret).keys,
      let user = UserID("9d1f0c3ab7"),
      let token = try? TokenMint(secret: Self.secret)
        .token(user: user, scopes: [.publish], now: Self.now.wall, lifetime: nil),
      let log = try? HubLog(writer: NoWriter(), level: settings.log.level)
    else { preconditionFailure("a good secret is refused, or no thread is left") }
    rules = Rules(settings, keys: keys, automaticMaximum: 0, isDevelopment: false)
    self.log = log
    self.token = Array(token.utf8)
  }

  func make() -> Hub {
    guard let shard = try? Shard() else { preconditionFailure("no descriptor is left") }
    return Hub(rules, epoch: 7, shards: [shard], log: log, now: Self.now)
  }

  func withToken(_ input: [UInt8]) -> [UInt8] { input.replacing(good, with: token) }
}

private struct NoWriter: LogWriter {
  func write(_ entry: LogEntry) -> Bool { true }
}
