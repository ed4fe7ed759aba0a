import HubCore
import HubProtocol

/// What `--dev` adds: a throw-away key, and tokens for whoever sits at this machine.
struct Development: Sendable {
  /// The demo page begins as the same one.
  static let user = "alice"
  private static let tokenLifetime: Int64 = 86_400

  let secret: [UInt8]
  let publishSocket: String
  private let mint: TokenMint

  init(publishSocket: String) throws {
    self.publishSocket = publishSocket
    secret = TokenMint.randomSecret()
    mint = try TokenMint(secret: secret)
  }

  func session(for user: UserID, basePath: String, now: Moment) -> [UInt8]? {
    guard let token = mintToken(for: user, [], now), let adminToken = mintToken(for: user, [.publish, .admin], now)
    else {
      return nil
    }
    return JSONText.object { json in
      json.member("token", token)
      json.member("adminToken", adminToken)
      json.member("basePath", basePath)
      json.member("publishSocket", publishSocket)
    }
  }

  /// What to type next, for standard output.
  func introduction(base: String, basePath: String, now: Moment) -> String {
    let token = UserID(Self.user).flatMap { mintToken(for: $0, [.publish, .admin], now) } ?? ""
    return """
      pushhubd runs for development, with a key that is thrown away at its end.

      The demo page:
        \(base)/?user=\(Self.user)

      A subscriber, user \(Self.user):
        curl -N -H 'Authorization: Bearer \(token)' \(base)\(basePath == "/" ? "" : basePath)/connect/auth

      A publisher, in another terminal:
        pushhub-send --socket \(publishSocket) --user \(Self.user) notice '{"title":"hi"}'

      """
  }

  private func mintToken(for user: UserID, _ scopes: Scopes, _ now: Moment) -> String? {
    mint.token(user: user, scopes: scopes, topics: ["*"], now: now.wall, lifetime: Self.tokenLifetime)
  }
}
