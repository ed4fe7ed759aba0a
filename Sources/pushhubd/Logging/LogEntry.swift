internal import Logging

/// One log entry, as the writers take it: everything rendered, nothing unbounded.
struct LogEntry: Equatable, Sendable {
  /// Longer messages and values are cut: a peer has a say in some of them.
  static let maxMessageBytes = 8 * 1024
  static let maxValueBytes = 1024

  /// A field of the journal, and its value byte for byte.
  struct Value: Equatable, Sendable {
    let field: LogField
    let text: String
  }

  let level: Logger.Level
  let kind: LogEntryKind?
  /// One line: control characters are escaped.
  let message: String
  /// In the order of ``LogField``; `kind` is not among them.
  let values: [Value]
  let file: String
  let line: UInt
  let function: String

  init(
    level: Logger.Level,
    kind: LogEntryKind?,
    message: String,
    values: [Value] = [],
    file: String = #fileID,
    line: UInt = #line,
    function: String = #function
  ) {
    self.level = level
    self.kind = kind
    self.message = cut(escapingControls(message), to: Self.maxMessageBytes)
    let isShort = values.allSatisfy { $0.text.utf8.count <= Self.maxValueBytes }
    self.values = isShort ? values : values.map { Value(field: $0.field, text: cut($0.text, to: Self.maxValueBytes)) }
    self.file = file
    self.line = line
    self.function = function
  }

  /// Sorts metadata into the fields of the journal; what is left stands behind the message, `key=value`, by name.
  init(_ event: LogEvent, metadata: Logger.Metadata) {
    var rest = metadata
    let kind = rest.removeValue(forKey: LogField.kind.rawValue).flatMap { LogEntryKind(rawValue: "\($0)") }
    var values: [Value] = []
    for field in LogField.allCases {
      if let value = rest.removeValue(forKey: field.rawValue) {
        values.append(Value(field: field, text: "\(value)"))
      }
    }
    var message = event.message.description
    if let error = event.error {
      message += ": \(error)"
    }
    for (key, value) in rest.sorted(by: { $0.key < $1.key }) {
      message += " \(key)=\(value)"
    }
    self.init(
      level: event.level,
      kind: kind,
      message: message,
      values: values,
      file: event.file,
      line: event.line,
      function: event.function
    )
  }

  /// The bytes it may hold in memory, for the bound of the queue.
  var cost: Int {
    values.reduce(256 + message.utf8.count) { $0 + 64 + $1.text.utf8.count }
  }
}

extension Logger.Level {
  /// The priority of syslog(3), 0 to 7.
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
