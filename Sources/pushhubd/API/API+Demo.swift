import HubCore
import HubProtocol
import Runtime

extension API {
  private static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    + "base-uri 'none'; form-action 'none'"

  func demoFile(_ index: Int) -> Answer {
    let file = DemoAssets.files[index]
    let headers = [
      HeaderField("Cache-Control", "no-store"), HeaderField("Content-Security-Policy", Self.contentSecurityPolicy),
      HeaderField("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    return Answer(.ok, headers: headers, contentType: file.contentType, body: file.body)
  }

  /// Tokens for whoever sits at this machine, so that the demo page needs no log-in.
  func demoSession(_ head: RequestHead, from client: Client, now: Moment) throws(Problem) -> Answer {
    guard client.address.isLoopback else {
      throw Problem(.originNotAllowed, "The demo page answers to this machine alone.")
    }
    guard let user = UserID(try head.target.parameter("user") ?? "") else {
      throw Problem(.malformedRequest, "The query must name a user: ?user=NAME.")
    }
    let basePath = hub.rules.settings.http.basePath
    guard let body = hub.development?.session(for: user, basePath: basePath, now: now) else { throw Problem.notFound }
    var answer = Answer.json(body)
    answer.headers.append(HeaderField("Cross-Origin-Resource-Policy", "same-origin"))
    return answer
  }
}

/// Whether a `Host` is this machine by a name that no name server can give away: else a page of a stranger's domain
/// that resolves to 127.0.0.1 could read what the demo answers.
func isLoopback(_ authority: String) -> Bool {
  let host: Substring
  if authority.hasPrefix("[") {
    guard let end = authority.firstIndex(of: "]") else { return false }
    host = authority[...end]
  } else {
    host = authority.prefix { $0 != ":" }
  }
  if host == "[::1]" || host.lowercased() == "localhost" { return true }
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  // Each number as it is written in decimal: others read one that begins with 0 as octal.
  return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
}
