/// Reads one line of the publishers' protocol: `[@key=value[;key=value…] ]VERB [argument …]`.
///
/// Arguments are separated by one or more blanks, and the last one of PUSH and CLOSE is the rest of the line. What is
/// not understood is an error, never ignored.
package enum CommandParser {
  /// The command of a line without its end.
  ///
  /// - Parameter maxUsers: how many ids `users:` may hold.
  package static func parse(_ line: Span<UInt8>, maxUsers: Int = .max) -> Result<Command, CommandError> {
    do throws(CommandError) {
      return .success(try command(line, maxUsers: maxUsers))
    } catch {
      // What broken text did to a part of the line is no news; and what was accepted is known to be UTF-8 throughout.
      if line.isUTF8 { return .failure(error) }
      return .failure(CommandError(.badUTF8, "the line is not valid UTF-8"))
    }
  }

  private static func command(_ line: Span<UInt8>, maxUsers: Int) throws(CommandError) -> Command {
    var arguments = LineArguments()
    var tags = CommandTags()
    if arguments.beginWith(UInt8(ascii: "@"), in: line), let word = arguments.next(in: line) {
      tags = try CommandTags(line, in: word.lowerBound + 1..<word.upperBound)
    }
    guard let word = arguments.next(in: line) else { throw CommandError(.badVerb, "there is no command: \(verbs)") }
    guard let verb = Command.Verb(line, in: word) else {
      throw CommandError(.badVerb, "the command \(line.quoted(word)) is unknown: \(verbs)")
    }
    guard verb == .push || tags.isEmpty else {
      throw CommandError(.badTag, "\(verb.name) takes no tags: they are for PUSH only")
    }
    switch verb {
    case .push: return try push(line, &arguments, tags, maxUsers: maxUsers)
    case .close: return try close(line, &arguments, maxUsers: maxUsers)
    case .connections: return .connections(try queried(line, &arguments))
    case .explain: return .explain(try event(line, &arguments))
    case .subscribe:
      let (subscriber, topics) = try subscription(line, &arguments, of: verb)
      return .subscribe(subscriber, topics, for: try duration(line, &arguments, for: subscriber))
    case .unsubscribe:
      let (subscriber, topics) = try subscription(line, &arguments, of: verb)
      guard arguments.rest(of: line).isEmpty else {
        throw CommandError(.badArgument, "UNSUBSCRIBE takes nothing behind the topics: for= is SUBSCRIBE's")
      }
      return .unsubscribe(subscriber, topics)
    case .listen: return try listen(line, &arguments, maxUsers: maxUsers)
    case .watch: return .watch(try watched(line, &arguments))
    case .revoke: return try revoke(line, &arguments)
    case .block: return try block(line, &arguments)
    case .unrevoke, .unblock:
      let user = try user(line, &arguments, of: verb)
      guard arguments.rest(of: line).isEmpty else {
        throw CommandError(.badArgument, "\(verb.name) takes nothing behind the user")
      }
      return verb == .unrevoke ? .unrevoke(user) : .unblock(user)
    case .stats, .unlisten, .unwatch, .ping, .help:
      try end(line, &arguments, of: verb)
      return alone(verb)
    }
  }

  /// What a verb without arguments asks for.
  private static func alone(_ verb: Command.Verb) -> Command {
    switch verb {
    case .stats: .stats
    case .unlisten: .unlisten
    case .unwatch: .unwatch
    case .help: .help
    default: .ping
    }
  }

  private static let verbs = "write " + Command.Verb.allCases.map(\.name).joined(separator: ", ")

  private static func push(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, _ tags: CommandTags, maxUsers: Int
  ) throws(CommandError) -> Command {
    guard let targetWord = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "PUSH has no target: write \(Command.Verb.push.usage.line)")
    }
    let target = try Target(line, in: targetWord, maxUsers: maxUsers)
    guard let typeWord = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "PUSH has no event type: write \(Command.Verb.push.usage.line)")
    }
    let type = try eventType(line, in: typeWord)
    let json = arguments.rest(of: line)
    guard !json.isEmpty else {
      throw CommandError(.missingArgument, "PUSH has no data: write \(Command.Verb.push.usage.line)")
    }
    if let error = JSONScanner.validate(line.extracting(json)) {
      throw CommandError(.badJSON, "the data is not JSON: \(error)")
    }
    // Copied within the closure; `extracting` checks the range.
    let data = line.extracting(json).withUnsafeBufferPointer { Array($0) }
    let form = tags.form ?? .json
    let message = Message(
      type: type, data: form == .json ? data : try text(data), form: form, key: tags.key, ttl: tags.ttl,
      value: try tags.valueChange(to: target))
    return .push(target, message, wantsReply: tags.wantsReply)
  }

  private static func text(_ json: [UInt8]) throws(CommandError) -> [UInt8] {
    guard let text = Message.text(ofJSON: json) else {
      throw CommandError(.badJSON, "as=text takes a JSON string without NUL and lone surrogates")
    }
    return text
  }

  private static func subscription(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, of verb: Command.Verb
  ) throws(CommandError) -> (Subscriber, [TopicName]) {
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "\(verb.name) has no target: write \(verb.name) user:<id> topic:<name>")
    }
    let subscriber: Subscriber
    switch try Target(line, in: word, maxUsers: Target.maxTopics) {
    case .topic(.user(let user)): subscriber = .user(user)
    case .connection(let id): subscriber = .connection(id)
    default:
      throw CommandError(.badTarget, "\(verb.name) is for one user or connection: write user:<id> or conn:<id>")
    }
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "\(verb.name) has no topic: write \(verb.name) user:<id> topic:<name>")
    }
    guard let topics = Target.topics(line, in: word, excess: .tooManyTopics) else {
      throw CommandError(.badTarget, "\(line.quoted(word)) is no topic: write topic:<name> or topics:<name>,<name>")
    }
    return (subscriber, try topics.get().compactMap(\.topicName))
  }

  /// `for=1h`: how long a user follows what it is given; nil for ever.
  private static func duration(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, for subscriber: Subscriber
  ) throws(CommandError) -> Duration? {
    let duration = try duration(line, &arguments, behind: "the topics")
    guard case .connection = subscriber, duration != nil else { return duration }
    throw CommandError(.badArgument, "for= is for users: what a connection is given ends with it")
  }

  /// `for=1h` as the last word of a command; nil where there is none.
  static func duration(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, behind what: String
  ) throws(CommandError) -> Duration? {
    guard let word = try lastArgument("for=", line, &arguments, behind: what) else { return nil }
    let text = line.text(in: word)
    guard let duration = text.flatMap({ Duration(spelled: $0) }), duration > .zero, duration <= .longest else {
      throw CommandError(
        .badArgument, "\(line.quoted(word)) is no duration: write for=30s, for=10m, for=1h or for=7d, at most 3650d")
    }
    return duration
  }

  /// The value of the argument with this name, which is the last of its command; nil where there is none.
  static func lastArgument(
    _ name: StaticString, _ line: Span<UInt8>, _ arguments: inout LineArguments, behind what: String
  ) throws(CommandError) -> Range<Int>? {
    guard let word = arguments.next(in: line) else { return nil }
    guard line.hasPrefix(name, in: word) else {
      throw CommandError(.badArgument, "\(line.quoted(word)) is unknown here: behind \(what) comes \(name)… or nothing")
    }
    guard arguments.rest(of: line).isEmpty else {
      throw CommandError(.badArgument, "behind \(line.quoted(word)) comes nothing")
    }
    return word.dropFirst(name.utf8CodeUnitCount)
  }

  private static func eventType(_ line: Span<UInt8>, in word: Range<Int>) throws(CommandError) -> EventType {
    if word.count == 1, line[word.lowerBound] == UInt8(ascii: "-") { return .message }
    guard let text = line.text(in: word) else { throw CommandError(.badUTF8, "the event type is not valid UTF-8") }
    do throws(EventType.Refusal) {
      return try EventType(checking: text)
    } catch {
      switch error {
      case .reserved:
        throw CommandError(.reservedEvent, "the event type \(line.quoted(word)) is the hub's own: use another name")
      case .malformed:
        throw CommandError(
          .badEvent, "the event type \(line.quoted(word)) is not 1 to 128 bytes without control characters")
      }
    }
  }

  private static func close(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, maxUsers: Int
  ) throws(CommandError) -> Command {
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "CLOSE has no target: write \(Command.Verb.close.usage.line)")
    }
    let target = try Target(line, in: word, maxUsers: maxUsers)
    guard target != .everyone else {
      throw CommandError(.badTarget, "CLOSE is not for everyone: write user:, users: or conn: and whom")
    }
    let rest = arguments.rest(of: line)
    guard !rest.isEmpty else { return .close(target, reason: nil) }
    guard let reason = line.text(in: rest) else { throw CommandError(.badUTF8, "the reason is not valid UTF-8") }
    // It is encoded once for each stream that it ends, and waits in none of the queues that count bytes.
    guard rest.count <= maxReasonBytes else {
      throw CommandError(.tooLong, "the reason is longer than \(maxReasonBytes) bytes: shorten it")
    }
    return .close(target, reason: reason)
  }

  private static func queried(_ line: Span<UInt8>, _ arguments: inout LineArguments) throws(CommandError) -> Target {
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "CONNECTIONS has no target: write \(Command.Verb.connections.usage.line)")
    }
    let target = try Target(one: line, in: word)
    guard arguments.rest(of: line).isEmpty else {
      throw CommandError(.badTarget, "CONNECTIONS takes one target: write a blank in an id as %20")
    }
    return target
  }

  private static func event(_ line: Span<UInt8>, _ arguments: inout LineArguments) throws(CommandError) -> EventID {
    guard let word = arguments.next(in: line) else {
      throw CommandError(.missingArgument, "EXPLAIN has no event id: write \(Command.Verb.explain.usage.line)")
    }
    guard let id = line.text(in: word).flatMap(EventID.init), arguments.rest(of: line).isEmpty else {
      throw CommandError(.unknownEvent, "that is no id of an event: it looks like 1765368000000-17")
    }
    return id
  }

  private static func end(
    _ line: Span<UInt8>, _ arguments: inout LineArguments, of verb: Command.Verb
  ) throws(CommandError) {
    guard arguments.rest(of: line).isEmpty else {
      throw CommandError(.badVerb, "\(verb.name) takes no arguments: write \(verb.name) alone")
    }
  }
}
