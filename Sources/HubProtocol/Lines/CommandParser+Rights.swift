/// `REVOKE user:<id> [before=<unix time>]`, `BLOCK user:<id> [for=1h]` and what takes them back.
extension CommandParser {
  static func revoke(_ line: Span<UInt8>, _ arguments: inout LineArguments) throws(CommandError) -> Command {
    let user = try user(line, &arguments, of: .revoke)
    guard let word = try lastArgument("before=", line, &arguments, behind: "the user") else {
      return .revoke(user, before: nil)
    }
    guard let text = line.text(in: word), text.utf8.count <= 12, text.utf8.allSatisfy(\.isDigit), let time = Int64(text)
    else {
      throw CommandError(
        .badArgument, "\(line.quoted(word)) is no time: write whole seconds since 1970, before=1765368000")
    }
    return .revoke(user, before: time)
  }

  static func block(_ line: Span<UInt8>, _ arguments: inout LineArguments) throws(CommandError) -> Command {
    let user = try user(line, &arguments, of: .block)
    return .block(user, for: try duration(line, &arguments, behind: "the user"))
  }

  /// The one user that a command is about.
  static func user(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, of verb: Command.Verb
  ) throws(CommandError) -> UserID {
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "\(verb.name) has no user: write \(verb.name) user:<id>")
    }
    guard line.hasPrefix(TargetText.userPrefix, in: word),
      case .topic(.user(let user)) = try Target(line, in: word, maxUsers: 1)
    else { throw CommandError(.badTarget, "\(verb.name) is for one user: write user:<id>") }
    return user
  }
}
