import Glibc
import HubCore
import HubProtocol

/// `pushhubd check-token`: what the hub would make of a token. It never prints the token.
struct CheckTokenCommand {
  /// What is said, and whether the token is accepted.
  struct Answer: Hashable {
    let lines: [String]
    let isAccepted: Bool
  }

  /// Longer input holds no token that is looked at.
  private static let maxInputBytes = 64 << 10

  let options: CommandLineOptions
  let settings: Settings.Auth
  let surroundings: Surroundings

  /// - Parameter now: milliseconds of the wall clock.
  func run(now: Int64) throws(CommandFailure) -> Answer {
    let text = PastedToken(try input())
    let key = try CommandKey(options: options, settings: settings, surroundings: surroundings)
    let (keys, summary) = try key.verificationKeys()
    let authenticator = Authenticator(keys: keys, settings: settings)
    var lines: [String]
    var isAccepted = true
    do throws(TokenRefusal) {
      let claims = try authenticator.claims(of: text.token)
      let principal = try authenticator.principal(claims, now: now)
      let report = TokenReport(claims: claims, principal: principal, settings: settings, now: now).lines
      let (refusal, notes) = refusal(of: principal, now: now)
      isAccepted = refusal == nil
      lines = [refusal.map { "refused: \($0)" } ?? "accepted"] + report + notes
    } catch {
      lines = ["refused: \(error.explanation)"]
      isAccepted = false
    }
    lines.append("key: \(summary), \(key.place)")
    if let left = text.leftOut { lines.append("note: left out, as no part of the token: \(left)") }
    return Answer(lines: lines, isAccepted: isAccepted)
  }

  /// What the hub has taken from a user, where this user may read it.
  private func refusal(of principal: Principal, now: Int64) -> (String?, notes: [String]) {
    let directories = surroundings.environment["STATE_DIRECTORY"] ?? Self.installedStateDirectory
    guard let path = StateStore.path(inOneOf: directories.split(separator: ":").map(String.init)),
      access(path, F_OK) == 0
    else {
      return (nil, ["note: who is revoked or blocked is not looked at: there is no state of a hub in \(directories)"])
    }
    do throws(Database.Failure) {
      let revocation = try StateStore.revocation(of: principal.user, in: path)
      switch revocation?.verdict(issuedAt: principal.issueSecond, now: now) {
      case .revoked(let before):
        return ("revoked at \(timestamp(wall: Int64(before) * 1000)): it was issued before", [])
      case .blocked:
        let until = revocation.flatMap { $0.blockedUntil == .max ? nil : timestamp(wall: $0.blockedUntil) }
        return ("the user is blocked\(until.map { " until \($0)" } ?? ", until UNBLOCK")", [])
      case nil: return (nil, [])
      }
    } catch {
      return (nil, ["note: whether the user is revoked or blocked cannot be told: \(error)"])
    }
  }

  /// Where the hub of the installed unit keeps its state.
  private static let installedStateDirectory = "/var/lib/pushhub"

  private func input() throws(CommandFailure) -> String {
    guard !options.operands.isEmpty else {
      throw .usage("the token is missing: write it behind check-token, or - for standard input")
    }
    guard options.operands == ["-"] else { return options.operands.joined(separator: " ") }
    let bytes = surroundings.readInput(Self.maxInputBytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(ExitCode.badToken, "standard input is no text, so there is no token in it")
    }
    return text
  }
}

/// A token as people copy it: with `Authorization: Bearer` in front, in quotation marks, with a line break behind it.
struct PastedToken: Hashable {
  let token: String
  /// What was around the token, for people; nil where it was white space alone.
  let leftOut: String?

  init(_ text: String) {
    var rest = text[...].trimmed
    var found: [String] = []
    func take(_ word: String) {
      guard rest.prefix(word.count).lowercased() == word.lowercased() else { return }
      rest = rest.dropFirst(word.count).trimmed
      found.append(quoted(word.trimmed))
    }
    for mark in ["\"", "'"] where rest.count >= 2 && rest.hasPrefix(mark) && rest.hasSuffix(mark) {
      rest = rest.dropFirst().dropLast().trimmed
      found.append("the \(mark) at both ends")
    }
    take("Authorization:")
    take("Bearer ")
    token = String(rest)
    leftOut = found.isEmpty ? nil : found.joined(separator: " and ")
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without white space at both ends.
  fileprivate var trimmed: Substring {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return rest
  }
}
