import HubCore
import HubProtocol

/// `pushhubd token`: makes a token that the hub of this host accepts.
struct TokenCommand {
  /// A token, and what is probably not meant.
  struct Answer {
    let token: String
    let warnings: [String]
  }

  private static let defaultLifetime: Int64 = 3_600_000
  /// Longer is `never`.
  private static let maxLifetime: Int64 = 3650 * 86_400_000

  let options: CommandLineOptions
  let settings: Settings.Auth
  let surroundings: Surroundings

  /// - Parameter now: milliseconds of the wall clock.
  func run(now: Int64) throws(CommandFailure) -> Answer {
    let claims = try claims(now: now)
    let key = try CommandKey(options: options, settings: settings, surroundings: surroundings).signingKey()
    guard let token = TokenMint(key: key).sign(payload: claims.json) else {
      throw CommandFailure(ExitCode.software, "the token cannot be signed: OpenSSL refuses to")
    }
    return Answer(token: token, warnings: unknownScopes + refusal(of: claims, token, now: now))
  }

  private func claims(now: Int64) throws(CommandFailure) -> TokenClaims {
    let (user, scopes, topics, lifetime) = try (user(), scopes(), topics(), lifetime())
    var others: [(name: String, json: [UInt8])] = []
    for text in options.ownValues[.claim] ?? [] { others.append(try Self.claim(text)) }
    do throws(TokenClaims.Conflict) {
      var claims = try TokenClaims(
        user: user, scopes: scopes, topics: topics, now: now, lifetime: lifetime, settings: settings)
      for (name, json) in others { try claims.set(name, json, by: "another --claim") }
      return claims
    } catch { throw Self.conflict(error) }
  }

  private static func conflict(_ conflict: TokenClaims.Conflict) -> CommandFailure {
    let way = conflict.setBy == "--expires" ? ", or write --expires never" : ""
    return .usage("the claim \(quoted(conflict.name)) is set by \(conflict.setBy) already: leave one out\(way)")
  }

  private func user() throws(CommandFailure) -> UserID {
    guard let text = options[.user] else { throw .usage("whom the token is for is missing: write --user ID") }
    guard let user = UserID(text) else {
      throw .usage("--user: \(quoted(text)) is no user id: it takes 1 to 128 bytes without control characters")
    }
    return user
  }

  private func scopes() throws(CommandFailure) -> [String] {
    let scopes = options.ownValues[.scope] ?? []
    for scope in scopes where !scope.isScope {
      throw .usage(
        "--scope: \(quoted(scope)) is no scope: it takes one word of ASCII, such as pushhub:publish; repeat it for more"
      )
    }
    return scopes
  }

  private var unknownScopes: [String] {
    let known = Scopes.names.map(\.name)
    return (options.ownValues[.scope] ?? []).filter { !known.contains($0) }.map { scope in
      let hint = NearMiss.best(for: scope, among: known) ?? NearMiss.best(for: "pushhub:" + scope, among: known)
      return "the hub knows no scope \(quoted(scope))" + (hint.map { ": did you mean \($0)?" } ?? "")
    }
  }

  private func topics() throws(CommandFailure) -> [String] {
    let topics = options.ownValues[.topic] ?? []
    for topic in topics where TopicPattern(topic) == nil {
      throw .usage(
        "--topic: \(quoted(topic)) is no topic: a name is 1 to 128 bytes without control characters and outer blanks; "
          + "a/* and * are patterns")
    }
    return topics
  }

  /// Seconds; nil for good.
  private func lifetime() throws(CommandFailure) -> Int64? {
    guard let text = options[.expires] else { return Self.defaultLifetime / 1000 }
    guard text != "never" else { return nil }
    do throws(ValueProblem) {
      let format = ValueFormat<Int64>.duration(1000...Self.maxLifetime)
      return try format.read(.text(text), surroundings) / 1000
    } catch { throw .usage("--expires: \(error); never is for good") }
  }

  /// `NAME=JSON`
  private static func claim(_ text: String) throws(CommandFailure) -> (name: String, json: [UInt8]) {
    guard let mark = text.firstIndex(of: "="), mark != text.startIndex else {
      throw .usage("--claim: \(quoted(text)) has no name and value: write --claim NAME=JSON")
    }
    let name = String(text[..<mark])
    let value = text[text.index(after: mark)...]
    let json = Array(value.utf8)
    guard JSONScanner.validate(json) == nil else {
      throw .usage("--claim \(name): \(quoted(value)) is no JSON: a string is written '\(name)=\"…\"'")
    }
    return (name, json)
  }

  /// Why the hub would not take it after all: for what `--claim` says, or its size. That may be meant, for a trial.
  private func refusal(of claims: TokenClaims, _ token: String, now: Int64) -> [String] {
    do throws(TokenRefusal) {
      guard token.utf8.count <= CompactToken.maxBytes else { throw .tooLarge(bytes: token.utf8.count) }
      _ = try Authenticator(keys: KeyRing([]), settings: settings).principal(Claims(claims.json), now: now)
      return []
    } catch { return ["the hub refuses this token: \(error.explanation)"] }
  }
}

extension String {
  /// RFC 6749 section 3.3.
  fileprivate var isScope: Bool {
    !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }
}
