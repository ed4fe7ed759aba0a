import HubCore
import HubProtocol

/// What a path names.
enum Endpoint: Sendable, Hashable {
  case connect
  case send
  case broadcast
  case statistics
  case connections(UserID)
  case disconnect(UserID)
  case revoke(UserID)
  case unrevoke(UserID)
  case block(UserID)
  case unblock(UserID)
  /// Nil where the path's id is none that the hub gives.
  case renew(ConnectionID?)
  /// The topics of a connection; nil as there.
  case topics(ConnectionID?)
  /// Who follows a topic, which the query names.
  case followers
  /// Who is present on a topic, which the query names.
  case presence
  case health
  case metrics
  case demoSession
  /// A file of the demo page, by its place in `DemoAssets.files`.
  case demoFile(Int)

  /// Who may use an endpoint.
  enum Access: Hashable {
    case anyone
    case anyCaller
    case scope(Scopes)
    /// Who has the scope to publish, or a claim to publish to some topics.
    case publisher
    case owner(UserID)
  }

  var access: Access {
    switch self {
    case .health, .demoSession, .demoFile: .anyone
    case .connect, .renew, .topics, .presence: .anyCaller
    case .send: .publisher
    case .broadcast: .scope(.publish)
    case .statistics, .metrics, .followers, .revoke, .unrevoke, .block, .unblock: .scope(.admin)
    case .connections(let user), .disconnect(let user): .owner(user)
    }
  }

  /// POST, or else GET.
  var isPost: Bool {
    switch self {
    case .send, .broadcast, .disconnect, .revoke, .unrevoke, .block, .unblock, .renew, .topics: true
    case .connect, .statistics, .connections, .followers, .presence, .health, .metrics, .demoSession, .demoFile: false
    }
  }

  /// The value of `Allow`.
  var allowedMethods: String { isPost ? "POST, OPTIONS" : "GET, HEAD, OPTIONS" }

  func takes(_ method: Method) -> Bool { isPost ? method == .post : method == .get || method == .head }

  /// Whether it queues an event.
  var publishes: Bool { self == .send || self == .broadcast }

  /// What an endpoint does with a request's content.
  enum Content { case ignored, optionalJSON, requiredJSON }

  var content: Content {
    switch self {
    case .send, .broadcast, .topics: .requiredJSON
    case .disconnect, .revoke, .unrevoke, .block, .unblock: .optionalJSON
    default: .ignored
    }
  }
}

/// Finds endpoints by path.
struct Endpoints: Sendable {
  private let base: [String]
  private let isDevelopment: Bool

  /// - Parameter basePath: `/sse`; `/` or an empty text put the endpoints at the root.
  init(basePath: String, isDevelopment: Bool) {
    base = basePath.split(separator: "/").map(String.init)
    self.isDevelopment = isDevelopment
  }

  /// - Throws: `notFound`, or what is wrong with an id in the path.
  func endpoint(at path: [String]) throws(Problem) -> Endpoint {
    if path == ["healthz"] { return .health }
    if path == ["metrics"] { return .metrics }
    if isDevelopment, let endpoint = demoEndpoint(at: path) { return endpoint }
    guard path.starts(with: base) else { throw Problem.notFound }
    let rest = path.dropFirst(base.count)
    switch (rest.count, rest.first, rest.last) {
    case (2, "connect", "auth"): return .connect
    case (1, "send", _): return .send
    case (1, "broadcast", _): return .broadcast
    case (1, "stats", _): return .statistics
    case (3, "users", "connections"): return .connections(try user(rest[rest.startIndex + 1]))
    case (3, "users", "disconnect"): return .disconnect(try user(rest[rest.startIndex + 1]))
    case (3, "users", "revoke"): return .revoke(try user(rest[rest.startIndex + 1]))
    case (3, "users", "unrevoke"): return .unrevoke(try user(rest[rest.startIndex + 1]))
    case (3, "users", "block"): return .block(try user(rest[rest.startIndex + 1]))
    case (3, "users", "unblock"): return .unblock(try user(rest[rest.startIndex + 1]))
    case (1, "connections", _): return .followers
    case (1, "presence", _): return .presence
    case (3, "connections", "topics"): return .topics(ConnectionID(rest[rest.startIndex + 1]))
    case (3, "connections", "renew"): return .renew(ConnectionID(rest[rest.startIndex + 1]))
    default: throw Problem.notFound
    }
  }

  private func user(_ text: String) throws(Problem) -> UserID {
    guard let user = UserID(text) else {
      throw Problem(.malformedRequest, "A user id is 1 to 128 bytes without control characters.")
    }
    return user
  }

  private func demoEndpoint(at path: [String]) -> Endpoint? {
    if path == ["demo", "session"] { return .demoSession }
    let text = "/" + path.joined(separator: "/")
    return DemoAssets.files.firstIndex { $0.path == text }.map(Endpoint.demoFile)
  }
}

extension Problem {
  static let unknownConnection = Problem(.unknownConnection, "There is no such connection.")
}
