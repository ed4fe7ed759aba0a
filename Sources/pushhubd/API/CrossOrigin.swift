/// Which other origins' scripts may read the hub's answers (the Fetch standard's CORS protocol).
struct CrossOrigin: Sendable {
  private static let alwaysAllowed = ["Authorization", "Content-Type", "Last-Event-ID", "X-Client-Id"]
  private static let exposedHeaders = "Retry-After"
  /// Seconds for which a browser may remember a preflight's answer.
  private static let preflightAge = "600"

  private let allowsAny: Bool
  private let allowsLoopback: Bool
  private let origins: Set<String>
  private let allowedHeaders: String

  /// - Parameters:
  ///   - origins: origins as browsers send them, or `*`; empty switches CORS off.
  ///   - headers: the fields that they may send beside the usual ones.
  ///   - allowsLoopback: also the pages of this machine, on whatever port (development).
  init(allowing origins: [String], headers: [String] = [], allowsLoopback: Bool = false) {
    allowsAny = origins.contains("*")
    allowedHeaders = (Self.alwaysAllowed + headers).joined(separator: ", ")
    self.allowsLoopback = allowsLoopback
    self.origins = Set(origins.filter { $0 != "*" })
  }

  func allows(_ origin: String) -> Bool { allowsAny || allowsByName(origin) }

  private func allowsByName(_ origin: String) -> Bool {
    origins.contains(origin) || allowsLoopback && isLoopbackOrigin(origin)
  }

  /// The fields that any answer to a request of this origin carries.
  func headers(for origin: String?) -> [HeaderField] {
    guard allowsAny || allowsLoopback || !origins.isEmpty else { return [] }
    // An origin that is listed by name may send credentials, also beside `*`.
    if let origin, allowsByName(origin) {
      return [
        HeaderField("Access-Control-Allow-Origin", origin), HeaderField("Access-Control-Allow-Credentials", "true"),
        HeaderField("Access-Control-Expose-Headers", Self.exposedHeaders), HeaderField("Vary", "Origin"),
      ]
    }
    let vary = origins.isEmpty && !allowsLoopback ? [] : [HeaderField("Vary", "Origin")]
    guard allowsAny, origin != nil else { return vary }
    return [
      HeaderField("Access-Control-Allow-Origin", "*"),
      HeaderField("Access-Control-Expose-Headers", Self.exposedHeaders),
    ] + vary
  }

  /// What a preflight's answer carries besides.
  func preflightHeaders(for origin: String?, methods: String) -> [HeaderField] {
    guard let origin, allows(origin) else { return [] }
    return [
      HeaderField("Access-Control-Allow-Methods", methods),
      HeaderField("Access-Control-Allow-Headers", allowedHeaders),
      HeaderField("Access-Control-Max-Age", Self.preflightAge),
    ]
  }
}

/// Whether an origin is that of a page of this machine: `http://localhost:5173`. Browsers take names below `.localhost` for
/// it as well, whatever a name server says (RFC 6761 section 6.3).
func isLoopbackOrigin(_ origin: String) -> Bool {
  guard let origin = WebOrigin(origin)?.description, let mark = origin.firstRange(of: "://") else { return false }
  let authority = origin[mark.upperBound...]
  guard ["http", "https"].contains(origin[..<mark.lowerBound]) else { return false }
  return isLoopback(String(authority)) || authority.prefix { $0 != ":" }.hasSuffix(".localhost")
}
