/// Reads whom a command is for, as `TargetText` writes it.
extension Target {
  /// - Parameter maxUsers: how many ids `users:` may hold.
  init(_ line: Span<UInt8>, in word: Range<Int>, maxUsers: Int) throws(CommandError) {
    if let id = line.rest(of: word, after: TargetText.userPrefix) {
      self = .user(try Self.user(line, in: id))
    } else if let ids = line.rest(of: word, after: TargetText.usersPrefix) {
      self = .users(try Self.users(line, in: ids, atMost: maxUsers))
    } else if let id = line.rest(of: word, after: TargetText.connectionPrefix) {
      self = .connection(try Self.connection(line, in: id))
    } else if line.isEveryone(word) {
      self = .everyone
    } else {
      throw CommandError(
        .badTarget, "the target \(line.quoted(word)) is none: write user:<id>, users:<id>,<id>, conn:<id> or *")
    }
  }

  /// One user or one connection; a word without a prefix is a user's id.
  init(one line: Span<UInt8>, in word: Range<Int>) throws(CommandError) {
    if line.hasPrefix(TargetText.userPrefix, in: word) || line.hasPrefix(TargetText.connectionPrefix, in: word) {
      try self.init(line, in: word, maxUsers: 1)
      return
    }
    // Taken for an id, another target would silently be nobody.
    let isAnother =
      line.hasPrefix(TargetText.usersPrefix, in: word) || line.hasPrefix("topic:", in: word)
      || line.hasPrefix("topics:", in: word) || line.isEveryone(word)
    guard !isAnother else {
      throw CommandError(
        .badTarget, "the target \(line.quoted(word)) is not one user or one connection: write user:<id> or conn:<id>")
    }
    self = .user(try Self.user(line, in: word))
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
    guard let text = line.extracting(word).percentDecoded(), ConnectionID.isLike(text) else {
      throw CommandError(.badTarget, "the connection id \(line.quoted(word)) is none: it begins with conn_")
    }
    guard let id = ConnectionID(text) else {
      throw CommandError(.unknownConnection, "there is no connection \(line.quoted(word))")
    }
    return id
  }

  private static func id(_ line: Span<UInt8>, in range: Range<Int>) throws(CommandError) -> UserID {
    guard let text = line.extracting(range).percentDecoded() else {
      throw CommandError(
        .badTarget, "the user id \(line.quoted(range)) is malformed: write a percent sign as %25, and UTF-8")
    }
    guard let id = UserID(text) else {
      throw CommandError(
        .badTarget, "the user id \(line.quoted(range)) is not 1 to 128 bytes without control characters")
    }
    return id
  }

  private static var comma: UInt8 { UInt8(ascii: TargetText.separator) }
}

extension Span<UInt8> {
  fileprivate func isEveryone(_ word: Range<Int>) -> Bool {
    word.count == TargetText.everyoneWord.utf8CodeUnitCount && hasPrefix(TargetText.everyoneWord, in: word)
  }

  /// What of a word comes after its prefix; nil where it has another.
  @inline(__always) fileprivate func rest(of word: Range<Int>, after prefix: StaticString) -> Range<Int>? {
    hasPrefix(prefix, in: word) ? word.dropFirst(prefix.utf8CodeUnitCount) : nil
  }
}
