/// Reads whom a command is for: `user:<id>`, `users:<id>,<id>,…`, `conn:<connectionId>` or `*`.
///
/// In an id `%`, blank, comma and control characters are written `%XX`.
enum TargetParser {
  /// - Parameter maxUsers: how many ids `users:` may hold.
  static func parse(_ line: Span<UInt8>, in word: Range<Int>, maxUsers: Int) throws(CommandError) -> Target {
    if line.hasPrefix("user:", in: word) { return .user(try user(line, in: word.dropFirst(5))) }
    if line.hasPrefix("users:", in: word) { return .users(try users(line, in: word.dropFirst(6), atMost: maxUsers)) }
    if line.hasPrefix("conn:", in: word) { return .connection(try connection(line, in: word.dropFirst(5))) }
    if word.count == 1, line[word.lowerBound] == UInt8(ascii: "*") { return .everyone }
    throw CommandError(
      .badTarget, "the target \(line.quoted(word)) is none: write user:<id>, users:<id>,<id>, conn:<id> or *")
  }

  /// One user or one connection; a word without a prefix is a user's id.
  static func parseOne(_ line: Span<UInt8>, in word: Range<Int>) throws(CommandError) -> Target {
    if line.hasPrefix("user:", in: word) || line.hasPrefix("conn:", in: word) {
      return try parse(line, in: word, maxUsers: 1)
    }
    // Taken for an id, another target would silently be nobody.
    let isAnother =
      line.hasPrefix("users:", in: word) || line.hasPrefix("topic:", in: word) || line.hasPrefix("topics:", in: word)
      || word.count == 1 && line[word.lowerBound] == UInt8(ascii: "*")
    guard !isAnother else {
      throw CommandError(
        .badTarget, "the target \(line.quoted(word)) is not one user or one connection: write user:<id> or conn:<id>")
    }
    return .user(try user(line, in: word))
  }

  /// One user's id.
  private static func user(_ line: Span<UInt8>, in word: Range<Int>) throws(CommandError) -> UserID {
    guard line.index(of: comma, in: word) == word.upperBound else {
      throw CommandError(
        .badTarget, "the user id \(line.quoted(word)) has a comma: write it as %2C, or several users with users:")
    }
    return try id(line, in: word)
  }

  /// Each user once, however often named.
  private static func users(
    _ line: Span<UInt8>, in word: Range<Int>, atMost maxUsers: Int
  ) throws(CommandError) -> [UserID] {
    var users: [UserID] = []
    var seen: Set<UserID> = []
    var start = word.lowerBound
    for _ in 0..<maxUsers {
      let end = line.index(of: comma, in: start..<word.upperBound)
      let user = try id(line, in: start..<end)
      if seen.insert(user).inserted { users.append(user) }
      guard end < word.upperBound else { return users }
      start = end + 1
    }
    throw CommandError(
      .badTarget, "users: names more than \(maxUsers) (publish.max-users): send the event to a part of them at a time")
  }

  /// An id that has the form of one, but that no hub gives out, belongs to no connection.
  private static func connection(_ line: Span<UInt8>, in word: Range<Int>) throws(CommandError) -> ConnectionID {
    guard let text = line.percentDecoded(in: word), text.utf8.starts(with: "conn_".utf8), text.utf8.count <= 128 else {
      throw CommandError(.badTarget, "the connection id \(line.quoted(word)) is none: it begins with conn_")
    }
    guard let id = ConnectionID(text) else {
      throw CommandError(.unknownConnection, "there is no connection \(line.quoted(word))")
    }
    return id
  }

  private static func id(_ line: Span<UInt8>, in range: Range<Int>) throws(CommandError) -> UserID {
    guard let text = line.percentDecoded(in: range) else {
      throw CommandError(
        .badTarget, "the user id \(line.quoted(range)) is malformed: write a percent sign as %25, and UTF-8")
    }
    guard let id = UserID(text) else {
      throw CommandError(
        .badTarget, "the user id \(line.quoted(range)) is not 1 to 128 bytes without control characters")
    }
    return id
  }

  private static let comma = UInt8(ascii: ",")
}
