/// The origin of a web page (RFC 6454), as `Origin` and the list of allowed origins name it: `https://app.example:8443`.
struct WebOrigin: Hashable, Sendable, CustomStringConvertible {
  private static let defaultPorts = [(scheme: "http", port: ":80"), (scheme: "https", port: ":443")]

  /// `scheme://host[:port]` in lower case, without the scheme's default port.
  let description: String

  /// nil for `null`, `*`, and whatever has a path, a query, user information or characters that no origin has.
  init?(_ text: some StringProtocol) {
    let text = text.utf8
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    guard text[colon...].starts(with: "://".utf8) else { return nil }
    self.init(scheme: text[..<colon], host: text[colon...].dropFirst(3))
  }

  /// The origin of a request, by the scheme that it came with and its `Host`.
  init?(scheme: some Sequence<UInt8>, host: some Sequence<UInt8>) {
    let scheme = scheme.map(\.lowercasedLetter)
    var host = host.map(\.lowercasedLetter)
    guard !scheme.isEmpty, scheme.allSatisfy(\.isSchemeCharacter) else { return nil }
    let defaultPort = Self.defaultPorts.first { $0.scheme.utf8.elementsEqual(scheme) }?.port.utf8
    if let defaultPort, host.reversed().starts(with: defaultPort.reversed()) { host.removeLast(defaultPort.count) }
    guard !host.isEmpty, host.allSatisfy(\.isHostCharacter) else { return nil }
    description = String(decoding: scheme + "://".utf8 + host, as: UTF8.self)
  }
}

/// When a token from a cookie counts: a browser sends the cookie along whoever wrote the page, so the page's origin must
/// be allowed. Else any page could act for the user (cross-site request forgery), or, by opening streams, use up the
/// user's rate and end the user's own.
struct CookieRule: Sendable {
  /// What a request says of the page that it comes from: fields that a browser sets, and a page cannot.
  struct Page {
    /// The values of `Origin` (RFC 6454 section 7).
    let origins: [String]
    /// Those of `Sec-Fetch-Site` (Fetch Metadata section 2.4).
    let fetchSites: [String]
  }

  /// `*` among the allowed origins lets pages of any origin read answers that need no cookie; here it allows nothing.
  private let allowed: Set<WebOrigin>

  /// The configured list; entries that are no origin allow nothing.
  init(allowedOrigins: [String]) {
    allowed = Set(allowedOrigins.compactMap { WebOrigin($0) })
  }

  /// - Parameters:
  ///   - isPost: the request changes something, so it has to name its origin. Others need not: a browser leaves `Origin`
  ///     out of a page's own GET, and older ones know no `Sec-Fetch-Site`.
  ///   - scheme: the one that the request came with, `http` or `https`.
  ///   - host: its `Host`.
  func allows(_ page: Page, isPost: Bool, scheme: String, host: String?) -> Bool {
    guard !page.origins.isEmpty else {
      return !isPost && page.fetchSites.allSatisfy { $0 == "same-origin" || $0 == "none" }
    }
    guard page.origins.count == 1, let origin = WebOrigin(page.origins[0]) else { return false }
    return allowed.contains(origin) || origin == host.flatMap { WebOrigin(scheme: scheme.utf8, host: $0.utf8) }
  }
}

extension UInt8 {
  /// ASCII alone: Unicode has other characters whose lower case is an ASCII letter.
  fileprivate var lowercasedLetter: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }

  private var isLowercaseLetterOrDigit: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
  }

  fileprivate var isSchemeCharacter: Bool { isLowercaseLetterOrDigit || "+-.".utf8.contains(self) }

  /// A name, an IPv4 address, or an IPv6 address in brackets, and a port.
  fileprivate var isHostCharacter: Bool { isLowercaseLetterOrDigit || "-._:[]".utf8.contains(self) }
}
