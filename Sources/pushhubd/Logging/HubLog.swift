internal import Logging
import Runtime
internal import Synchronization

/// The hub's log, of which there is one: where it goes, and from which level on.
///
///     let log = try HubLog(target: .automatic, level: .info, environment: environment)
///     let logger = log.logger()
///     logger.record(.connectionOpened, "connection opened", [.user: "42", .connection: "conn_…"])
///     log.end()
final class HubLog: Sendable {
  /// The label of every logger.
  static let label = "pushhubd"
  /// How long the process waits at its end for a journal that takes nothing.
  static let maxEndTime = Duration.seconds(2)
  /// By their index; asked for at each entry.
  private static let levels = Array(Logger.Level.allCases)

  let queue: LogQueue
  private let levelIndex: Atomic<Int>

  convenience init(target: LogTarget, level: Logger.Level, environment: [String: String]) throws(SystemCallError) {
    try self.init(writer: target.writer(environment: environment), level: level)
  }

  init(writer: any LogWriter, level: Logger.Level) throws(SystemCallError) {
    queue = LogQueue(writer: writer)
    levelIndex = Atomic(Self.index(of: level))
    try queue.start()
  }

  /// Entries below this level are not written. May be changed at any time; loggers follow.
  var level: Logger.Level {
    get { Self.levels[levelIndex.load(ordering: .relaxed)] }
    set { levelIndex.store(Self.index(of: newValue), ordering: .relaxed) }
  }

  func logger() -> Logger {
    Logger(label: Self.label) { _ in HubLogHandler(self) }
  }

  /// Writes what waits, then no more: the last thing a process does.
  func end() {
    queue.end(within: Self.maxEndTime)
  }

  private static func index(of level: Logger.Level) -> Int {
    levels.firstIndex(of: level) ?? 0
  }
}
