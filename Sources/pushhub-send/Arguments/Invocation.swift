/// What one call of `pushhub-send` is asked to do.
struct Invocation: Equatable {
  enum Task: Equatable {
    case help
    case version
    case publish(Publication, Payload)
    case publishLines(Publication, InputSource)
    case disconnect(Target, reason: String?)
    case query(Query)
  }

  /// What the hub can be asked without changing anything.
  enum Query: Equatable {
    case statistics
    /// Of one user or one connection.
    case connections(Target)
    case explain(event: String)
    case ping
  }

  enum OutputStyle: Equatable { case plain, quiet, json }

  var task: Task
  var output = OutputStyle.plain
  var requiresDelivery = false
  /// From `--socket`; nil leaves the choice to the environment and the defaults.
  var socketPath: String?
  var timeout = Timeout.standard
}

/// Whom an event, or a disconnect, is for. Ids are as a person writes them, not yet encoded for the line.
enum Target: Equatable {
  /// At least one.
  case users([String])
  case connection(String)
  case everyone
}

/// Everything about an event but its payload.
struct Publication: Equatable {
  enum PayloadForm: Equatable { case json, text }

  var target: Target
  /// `-` for the hub's default type.
  var event: String
  var form = PayloadForm.json
  var key: String?
  /// Seconds that the event stays in history, 0 to `maxTTL`.
  var ttl: Int?

  /// A year, the most that the hub takes.
  static let maxTTL = 31_536_000
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
