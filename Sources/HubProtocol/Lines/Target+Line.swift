/// Reads whom a command is for, as `TargetText` writes it.
extension Target {
  /// - Parameter maxUsers: how many ids `users:` may hold.
  init(_ line: Span<UInt8>, in word: Range<Int>, maxUsers: Int) throws(CommandError) {
    if let id = line.rest(of: word, after: TargetText.userPrefix) {
      self = .user(try Self.one(line, in: id, of: .user))
    } else if let ids = line.rest(of: word, after: TargetText.usersPrefix) {
      self = .topics(try Self.several(line, in: ids, of: .user, atMost: maxUsers, Topic.user))
    } else if let names = Self.topics(line, in: word) {
      let topics = try names.get()
      self = topics.count == 1 ? .topic(topics[0]) : .topics(topics)
    } else if let id = line.rest(of: word, after: TargetText.connectionPrefix) {
      self = .connection(try Self.connection(line, in: id))
    } else if line.isEveryone(word) {
      self = .everyone
    } else {
      throw CommandError(
        .badTarget,
        "the target \(line.quoted(word)) is none: write user:<id>, users:<id>,<id>, topic:<name>, topics:<name>,<name>, "
          + "conn:<id> or *")
    }
  }

  /// One user, topic or connection; a word without a prefix is a user's id.
  init(one line: Span<UInt8>, in word: Range<Int>) throws(CommandError) {
    for prefix in [TargetText.userPrefix, TargetText.topicPrefix, TargetText.connectionPrefix]
    where line.hasPrefix(prefix, in: word) {
      try self.init(line, in: word, maxUsers: 1)
      return
    }
    // Taken for an id, another target would silently be nobody.
    let isAnother =
      line.hasPrefix(TargetText.usersPrefix, in: word) || line.hasPrefix(TargetText.topicsPrefix, in: word)
      || line.isEveryone(word)
    guard !isAnother else {
      throw CommandError(
        .badTarget,
        "the target \(line.quoted(word)) is not one user, topic or connection: write user:<id>, topic:<name> or conn:<id>"
      )
    }
    self = .user(try Self.one(line, in: word, of: .user))
  }

  /// The topics that `topic:` or `topics:` names; nil for a word with another prefix.
  ///
  /// - Parameter excess: what it is called where there are more than `maxTopics`.
  static func topics(
    _ line: Span<UInt8>, in word: Range<Int>, excess: ErrorCode = .badTarget
  ) -> Result<[Topic], CommandError>? {
    do throws(CommandError) {
      if let name = line.rest(of: word, after: TargetText.topicPrefix) {
        return .success([.named(try one(line, in: name, of: .topic))])
      }
      guard let names = line.rest(of: word, after: TargetText.topicsPrefix) else { return nil }
      return .success(try several(line, in: names, of: .topic, atMost: maxTopics, excess: excess, Topic.named))
    } catch {
      return .failure(error)
    }
  }

  /// How one kind of name is spoken of.
  fileprivate enum Kind {
    case user, topic

    var noun: String { self == .user ? "user id" : "topic" }
    /// Of several.
    var prefix: StaticString { self == .user ? TargetText.usersPrefix : TargetText.topicsPrefix }

    var rule: String {
      switch self {
      case .user: "1 to 128 bytes without control characters"
      case .topic: "1 to 128 bytes without control characters and outer blanks, nor * or a pattern that ends in /*"
      }
    }

    /// What bounds how many may be named.
    var limit: String { self == .user ? " (publish.max-users)" : "" }
  }

  /// One name.
  private static func one<Name: ExactName>(
    _ line: Span<UInt8>, in word: Range<Int>, of kind: Kind
  ) throws(CommandError) -> Name {
    guard line.index(of: comma, in: word) == word.upperBound else {
      throw CommandError(
        .badTarget,
        "the \(kind.noun) \(line.quoted(word)) has a comma: write it as %2C, or several with \(kind.prefix)")
    }
    return try name(line, in: word, of: kind)
  }

  /// Each name once, however often it is there.
  private static func several<Name: ExactName>(
    _ line: Span<UInt8>, in word: Range<Int>, of kind: Kind, atMost limit: Int, excess: ErrorCode = .badTarget,
    _ topic: (Name) -> Topic
  ) throws(CommandError) -> [Topic] {
    var topics: [Topic] = []
    var seen: Set<Name> = []
    var start = word.lowerBound
    for _ in 0..<limit {
      let end = line.index(of: comma, in: start..<word.upperBound)
      let name: Name = try name(line, in: start..<end, of: kind)
      if seen.insert(name).inserted { topics.append(topic(name)) }
      guard end < word.upperBound else { return topics }
      start = end + 1
    }
    throw CommandError(
      excess, "\(kind.prefix) names more than \(limit)\(kind.limit): write a line for a part of them at a time")
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

  private static func name<Name: ExactName>(
    _ line: Span<UInt8>, in range: Range<Int>, of kind: Kind
  ) throws(CommandError) -> Name {
    guard let text = line.extracting(range).percentDecoded() else {
      throw CommandError(
        .badTarget, "the \(kind.noun) \(line.quoted(range)) is malformed: write a percent sign as %25, and UTF-8")
    }
    guard let name = Name(text) else {
      throw CommandError(.badTarget, "the \(kind.noun) \(line.quoted(range)) is not \(kind.rule)")
    }
    return name
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
