/// Which other origins' scripts may read the hub's answers (the Fetch standard's CORS protocol).
struct CrossOrigin: Sendable {
  private static let alwaysAllowed = ["Authorization", "Content-Type", "Last-Event-ID", "X-Client-Id"]
  private static let exposedHeaders = "Retry-After"
  /// Seconds for which a browser may remember a preflight's answer.
  private static let preflightAge = "600"

  private let allowsAny: Bool
  private let origins: Set<String>
  private let allowedHeaders: String

  /// - Parameters:
  ///   - origins: origins as browsers send them, or `*`; empty switches CORS off.
  ///   - headers: the fields that they may send beside the usual ones.
  init(allowing origins: [String], headers: [String] = []) {
    allowsAny = origins.contains("*")
    allowedHeaders = (Self.alwaysAllowed + headers).joined(separator: ", ")
    self.origins = Set(origins.filter { $0 != "*" })
  }

  /// The fields that any answer to a request of this origin carries.
  func headers(for origin: String?) -> [HeaderField] {
    guard allowsAny || !origins.isEmpty else { return [] }
    // An origin that is listed by name may send credentials, also beside `*`.
    if let origin, origins.contains(origin) {
      return [
        HeaderField("Access-Control-Allow-Origin", origin), HeaderField("Access-Control-Allow-Credentials", "true"),
        HeaderField("Access-Control-Expose-Headers", Self.exposedHeaders), HeaderField("Vary", "Origin"),
      ]
    }
    let vary = origins.isEmpty ? [] : [HeaderField("Vary", "Origin")]
    guard allowsAny, origin != nil else { return vary }
    return [
      HeaderField("Access-Control-Allow-Origin", "*"),
      HeaderField("Access-Control-Expose-Headers", Self.exposedHeaders),
    ] + vary
  }

  /// What a preflight's answer carries besides.
  func preflightHeaders(for origin: String?, methods: String) -> [HeaderField] {
    guard let origin, allowsAny || origins.contains(origin) else { return [] }
    return [
      HeaderField("Access-Control-Allow-Methods", methods),
      HeaderField("Access-Control-Allow-Headers", allowedHeaders),
      HeaderField("Access-Control-Max-Age", Self.preflightAge),
    ]
  }
}
