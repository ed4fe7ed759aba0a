/// `LISTEN <target> [<target> …] [since=<id>|since=start]` and `WATCH users`, `WATCH topic:<name or pattern>`.
extension CommandParser {
  /// A listener hears at most so many targets.
  package static let maxListenTargets = 64

  static func listen(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, maxUsers: Int
  ) throws(CommandError) -> Command {
    var targets: [ListenTarget] = []
    var start = ListenStart.now
    while let word = arguments.next(in: line) {
      if line.hasPrefix("since=", in: word) {
        start = try since(line, in: word.dropFirst(6))
        guard arguments.rest(of: line).isEmpty else {
          throw CommandError(.badArgument, "behind \(line.quoted(word)) comes nothing: the targets go before it")
        }
        break
      }
      for target in try listenTargets(line, in: word, maxUsers: maxUsers) where !targets.contains(target) {
        targets.append(target)
      }
      guard targets.count <= maxListenTargets else {
        throw CommandError(
          .badTarget, "LISTEN takes at most \(maxListenTargets) targets: listen to a pattern, or on several connections"
        )
      }
    }
    guard !targets.isEmpty else {
      throw CommandError(.missingArgument, "LISTEN has no target: write \(Command.Verb.listen.usage.line)")
    }
    return .listen(targets, since: start)
  }

  static func watched(_ line: Span<UInt8>, _ arguments: inout LineArguments) throws(CommandError) -> WatchScope {
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "WATCH has no scope: write \(Command.Verb.watch.usage.line)")
    }
    guard arguments.rest(of: line).isEmpty else {
      throw CommandError(.badArgument, "WATCH takes one scope: write a blank in a topic as %20")
    }
    if line.isWord("users", in: word) { return .users }
    guard let pattern = try topicPattern(line, in: word) else {
      throw CommandError(
        .badTarget, "the scope \(line.quoted(word)) is none: write users, topic:<name> or topic:<beginning>/*")
    }
    return .topics(pattern)
  }

  private static func listenTargets(
    _ line: Span<UInt8>, in word: Range<Int>, maxUsers: Int
  ) throws(CommandError) -> [ListenTarget] {
    if line.isWord("all", in: word) { return [.all] }
    if let pattern = try topicPattern(line, in: word) { return [.topics(pattern)] }
    guard line[word.lowerBound] == UInt8(ascii: "*") || line.index(of: UInt8(ascii: ":"), in: word) < word.upperBound
    else {
      throw CommandError(
        .badTarget,
        "the target \(line.quoted(word)) is none: write user:<id>, topic:<name>, topic:<beginning>/*, conn:<id>, * or all"
      )
    }
    switch try Target(line, in: word, maxUsers: maxUsers) {
    case .topic(let topic): return [ListenTarget(topic)]
    case .topics(let topics): return topics.map(ListenTarget.init)
    case .connection(let id): return [.connection(id)]
    }
  }

  /// What `topic:` names, a pattern or a topic; nil for a word with another prefix.
  private static func topicPattern(_ line: Span<UInt8>, in word: Range<Int>) throws(CommandError) -> TopicPattern? {
    guard line.hasPrefix(TargetText.topicPrefix, in: word) else { return nil }
    let name = line.extracting(word.dropFirst(TargetText.topicPrefix.utf8CodeUnitCount))
    if let pattern = name.percentDecoded().flatMap(TopicPattern.init), pattern.topic == nil { return pattern }
    // A name, or what is neither, which it says.
    guard case .topic(let topic) = try Target(line, in: word, maxUsers: 1) else { return nil }
    return TopicPattern(topic.name)
  }

  private static func since(_ line: Span<UInt8>, in word: Range<Int>) throws(CommandError) -> ListenStart {
    if line.isWord("start", in: word) { return .start }
    guard let id = line.text(in: word).flatMap(EventID.init) else {
      throw CommandError(
        .badArgument, "\(line.quoted(word)) is no id of an event: write since=1765368000000-17 or since=start")
    }
    return .after(id)
  }
}

extension ListenTarget {
  package init(_ topic: Topic) {
    switch topic {
    case .everyone: self = .everyone
    case .user(let user): self = .user(user)
    case .named(let name):
      guard let pattern = TopicPattern(name.text) else { preconditionFailure("every name is a pattern") }
      self = .topics(pattern)
    }
  }
}
