import HubProtocol

/// What one call of `pushhub-send` is asked to do.
struct Invocation: Equatable {
  enum Task: Equatable {
    /// Of all there is, or of one command.
    case help(CommandWord?)
    case version
    case publish(Publication, Payload)
    case publishLines(Publication, InputSource)
    case disconnect(TargetText, reason: String?)
    /// The target is one user or one connection; the topics are at least one; what the duration may be, the hub says.
    case subscribe(TargetText, topics: [String], duration: String?)
    case unsubscribe(TargetText, topics: [String])
    case changeRights(user: String, RightsChange)
    case query(Query)
    case listen(Listening)
    /// A topic's name or a pattern; nil for all users.
    case watch(topic: String?)
  }

  /// What the hub can be asked without changing anything.
  enum Query: Equatable {
    case statistics
    /// Of one user, one topic or one connection.
    case connections(TargetText)
    case explain(event: String)
    case ping

    /// The command's line.
    var line: [UInt8] {
      switch self {
      case .statistics: CommandWriter.stats
      case .connections(let target): CommandWriter.connections(of: target)
      case .explain(let event): CommandWriter.explain(event)
      case .ping: CommandWriter.ping
      }
    }
  }

  /// What becomes of a user's tokens and connections.
  enum RightsChange: Equatable {
    /// Before what time, in seconds since 1970.
    case revoke(before: Int64?)
    case unrevoke
    /// How long it may be, the hub says.
    case block(duration: String?)
    case unblock

    /// The command's line.
    func line(for user: String) -> [UInt8] {
      switch self {
      case .revoke(let time): CommandWriter.revoke(user: user, before: time)
      case .unrevoke: CommandWriter.unrevoke(user: user)
      case .block(let duration): CommandWriter.block(user: user, for: duration)
      case .unblock: CommandWriter.unblock(user: user)
      }
    }
  }

  enum OutputStyle: Equatable { case plain, quiet, json }

  var task: Task
  var output = OutputStyle.plain
  var requiresDelivery = false
  /// From `--socket`; nil leaves the choice to the environment and the defaults.
  var socketPath: String?
  var timeout = Timeout.standard
}

/// Everything about an event but its payload.
struct Publication: Equatable {
  enum PayloadForm: Equatable {
    case json
    /// Sent as a JSON string.
    case text
    /// Sent as itself.
    case raw
  }

  /// What the event does to the value of a name, as the command line gives it.
  enum ValueChange: Equatable {
    case replace(String)
    case clear(String)
  }

  var target: TargetText
  /// `-` for the hub's default type.
  var event: String
  var form = PayloadForm.json
  var key: String?
  /// Seconds that the event stays in history, 0 to `Message.maxTTL`.
  var ttl: Int?
  var value: ValueChange?

  /// The line of the event's PUSH up to its payload.
  func head() throws(Failure) -> [UInt8] {
    let key = self.key.flatMap(IdempotencyKey.init)
    guard (key == nil) == (self.key == nil) else { throw Failure(.badData, "--key: a key is 1 to 128 bytes") }
    let value = try messageValue()
    do throws(CommandWriter.Refusal) {
      return try CommandWriter.push(
        to: target, type: event, form: form == .raw ? .text : .json, key: key, ttl: ttl, value: value)
    } catch {
      throw Failure(error)
    }
  }

  private func messageValue() throws(Failure) -> Message.ValueChange? {
    switch value {
    case .replace(let text): .replace(try Self.name(text, of: .replace))
    case .clear(let text): .clear(try Self.name(text, of: .clear))
    case nil: nil
    }
  }

  private static func name(_ text: String, of option: CommandOption) throws(Failure) -> ValueName {
    guard let name = ValueName(text) else {
      throw Failure(.badData, "\(option.name): the name of a value is 1 to 128 bytes")
    }
    return name
  }
}

/// What is listened to, and what becomes of it.
struct Listening: Equatable {
  /// At least one.
  var targets: [ListenText]
  /// An event's id, or `start`.
  var since: String?
  var statePath: String?
  /// For `sh -c`, once for each event.
  var command: String?
}

enum InputSource: Equatable {
  case standardInput
  /// The path's bytes, which need not be UTF-8.
  case file(path: [UInt8])

  /// - Parameter path: `-` is standard input.
  init(path: [UInt8]) { self = path == Array("-".utf8) ? .standardInput : .file(path: path) }
}

enum Payload: Equatable {
  case argument([UInt8])
  /// At least one; they make an object.
  case pairs([PairArgument])
  case input(InputSource)

  /// `-` is standard input, `@FILE` a file, anything else the payload itself.
  init(argument: [UInt8]) {
    if argument == Array("-".utf8) {
      self = .input(.standardInput)
    } else if argument.first == UInt8(ascii: "@") {
      self = .input(.file(path: Array(argument.dropFirst())))
    } else {
      self = .argument(argument)
    }
  }
}
