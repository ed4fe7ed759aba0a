import HubCore
import HubProtocol

/// Of whom a token speaks and what it lets them do, for whoever runs the hub.
struct TokenReport {
  let claims: Claims
  let principal: Principal
  let settings: Settings.Auth
  /// Milliseconds of the wall clock.
  let now: Int64

  var lines: [String] {
    [
      "user: \(escapingControls(principal.user.text))", "scopes: \(scopes)",
      "topics: \(topics(in: settings.topicsClaim))", "may publish to: \(publishable)", "issued: \(issued)",
      "expires: \(principal.expiresAt.map { time($0) } ?? "never")",
    ] + notes
  }

  private var scopes: String {
    let names = scopeClaims.flatMap { claims.names(in: $0) ?? [] }
    let known = Scopes.names.map(\.name)
    return text(names.map { known.contains($0) ? $0 : "\(quoted($0)) (the hub does not know it)" })
  }

  private var publishable: String {
    principal.scopes.contains(.publish) ? "everything" : topics(in: Claims.publishClaim)
  }

  private var issued: String {
    guard claims.kind(of: "iat") != nil else { return "unknown, which counts as 1970" }
    return time(principal.issuedAt * 1000)
  }

  private var scopeClaims: [String] { settings.scopeClaim.map { [$0] } ?? Claims.scopeClaims }

  private func topics(in claim: String) -> String {
    text(
      (claims.names(in: claim) ?? []).map { name in
        TopicPattern(name) != nil ? quoted(name) : "\(quoted(name)) (is no topic)"
      })
  }

  /// Claims that are there and grant nothing, and times that cannot be.
  private var notes: [String] {
    var notes: [String] = []
    for claim in scopeClaims + [settings.topicsClaim, Claims.publishClaim] {
      guard let kind = claims.kind(of: claim), claims.names(in: claim) == nil else { continue }
      notes.append("note: “\(claim)” is \(kind.name), and must be a string or an array of strings: it grants nothing")
    }
    if principal.issuedAt * 1000 > now { notes.append("note: “iat” is yet to come: the issuer's clock is ahead") }
    return notes
  }

  private func text(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }

  private func time(_ time: Int64) -> String {
    timestamp(wall: time) + (time > now ? ", in \(seconds(time - now))" : ", \(seconds(now - time)) ago")
  }
}
