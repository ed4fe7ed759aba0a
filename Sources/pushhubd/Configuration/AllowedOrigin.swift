import HubProtocol

/// An entry of the allowed origins: an origin as a browser's `Origin` field has it (RFC 6454 section 6.2), or `*`.
enum AllowedOrigin {
  /// In lower case and without the scheme's default port, which browsers leave out.
  static func normalized(_ text: String) throws(ValueProblem) -> String {
    if text == "*" { return text }
    guard text != "null" else {
      throw ValueProblem("“null” is the origin of any sandboxed page, so it cannot be allowed: write \(form)")
    }
    guard let mark = text.firstRange(of: "://") else {
      throw ValueProblem("\(quoted(text)) has no scheme: write \(form)")
    }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard isScheme(scheme) else { throw ValueProblem("\(quoted(text)) does not begin with a scheme: write \(form)") }
    let authority = text[mark.upperBound...].lowercased()
    guard !authority.contains(where: { "/?#@".contains($0) }) else {
      throw ValueProblem("\(quoted(text)) is more than an origin: write \(form), without a path or a slash at the end")
    }
    guard !authority.contains("*") else {
      throw ValueProblem("\(quoted(text)) has a wildcard: write each origin in full, or * for all")
    }
    return scheme + "://" + (try place(authority, scheme: scheme, of: text))
  }

  private static let form = "SCHEME://HOST or SCHEME://HOST:PORT, such as https://app.example"
  private static let defaultPorts = ["http": 80, "https": 443]

  /// RFC 3986 section 3.1.
  private static func isScheme(_ scheme: String) -> Bool {
    guard let first = scheme.utf8.first, first.isLetterOrDigit, !first.isDigit else { return false }
    return scheme.utf8.allSatisfy { $0.isLetterOrDigit || "+-.".utf8.contains($0) }
  }

  /// Host and port.
  private static func place(_ authority: String, scheme: String, of text: String) throws(ValueProblem) -> String {
    // The colons of an IPv6 address are within its brackets.
    let end = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[end...].firstIndex(of: ":")
    let host = authority[..<(colon ?? authority.endIndex)]
    guard isHost(host) else {
      throw ValueProblem(
        "\(quoted(text)) has no host that a browser would send: write \(form), a name beyond ASCII as xn--…")
    }
    guard let colon else { return String(host) }
    let digits = authority[authority.index(after: colon)...]
    guard digits.utf8.count <= 5, digits.utf8.allSatisfy(\.isDigit), let port = Int(digits),
      (1...65_535).contains(port)
    else { throw ValueProblem("\(quoted(text)) has no port from 1 to 65535 after its colon: write \(form)") }
    return port == defaultPorts[scheme] ? String(host) : "\(host):\(port)"
  }

  private static func isHost(_ host: Substring) -> Bool {
    guard (1...253).contains(host.utf8.count) else { return false }
    if host.first == "[" {
      return (try? ListenAddress("\(host):1")) != nil
    }
    return host.utf8.allSatisfy { $0.isLetterOrDigit || "-._".utf8.contains($0) }
  }
}
