import Synchronization

/// What the operator set for the HTTP side: one snapshot, replaced as a whole at a reload.
struct HTTPOptions: Sendable {
  /// The path below which the hub's endpoints are, such as `/sse`; `/` for none.
  var basePath = "/sse"
  /// The origins whose scripts may read answers; `*` is all of them.
  var allowedOrigins: [String] = []
  /// The header fields that these may send, beside those that are always allowed.
  var allowedHeaders: [String] = []
  /// Where a request's token is looked for.
  var tokenSource = TokenSource(cookie: "pushhub_token", queryParameter: nil)
  /// The most bytes of a request line and its header fields together.
  var maxHeaderBytes = 16 << 10
  /// The most that may be set for that.
  static let mostHeaderBytes = 1 << 20
  /// The most bytes of a request's content, chunks taken out.
  var maxBodyBytes = 1 << 20
  /// Milliseconds from the first byte of a request to its last.
  var headerTimeout: Int64 = 10_000
  /// Milliseconds that a connection may wait for its next request.
  var idleTimeout: Int64 = 75_000
  /// Requests per second and token subject, twice that in a burst; 0 is no limit.
  var requestsPerSecond = 100
  /// How many connections there may be that are no stream.
  var maxConnections = 1024
  /// How many users an event may name.
  var maxUsers = 10_000
  /// How many topics a connection may ask for.
  var maxTopics = 64
  /// The demo page and its tokens.
  var isDevelopment = false
}

/// The options and what is made of them once, for all requests.
final class HTTPRules: Sendable {
  let options: HTTPOptions
  let endpoints: Endpoints
  let crossOrigin: CrossOrigin
  let cookieRule: CookieRule
  private let refusedOrigins = Mutex<Set<String>>([])
  /// So many are remembered; then it begins anew, and the log sums up what is too much.
  private static let maxRefusedOrigins = 256

  init(_ options: HTTPOptions) {
    self.options = options
    endpoints = Endpoints(basePath: options.basePath, isDevelopment: options.isDevelopment)
    crossOrigin = CrossOrigin(
      allowing: options.allowedOrigins, headers: options.allowedHeaders, allowsLoopback: options.isDevelopment)
    cookieRule = CookieRule(allowedOrigins: options.allowedOrigins)
  }

  /// Whether an origin that is refused has not been since these rules hold, so that the log tells of each once.
  func isFirstRefusal(of origin: String) -> Bool {
    refusedOrigins.withLock { origins in
      if origins.count >= Self.maxRefusedOrigins { origins = [] }
      return origins.insert(origin.prefix(utf8Bytes: 256)).inserted
    }
  }

  /// How often connections are to be looked at for deadlines, in milliseconds.
  var sweepInterval: Int64 { max(20, min(1000, min(options.headerTimeout, options.idleTimeout) / 4)) }
}
