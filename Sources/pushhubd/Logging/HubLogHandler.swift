internal import Logging

/// swift-log's way into the hub's log.
struct HubLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  /// Set for one logger alone; else the log's own level holds, which a reload may change.
  private var ownLevel: Logger.Level?
  private let log: HubLog

  init(_ log: HubLog) {
    self.log = log
  }

  var logLevel: Logger.Level {
    get { ownLevel ?? log.level }
    set { ownLevel = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  var isWithoutMetadata: Bool { metadata.isEmpty && metadataProvider == nil }

  /// The short way for the hub's own entries: what ``log(event:)`` makes of them, without a dictionary on the way.
  func record(
    _ kind: LogEntryKind, _ message: () -> Logger.Message, _ values: () -> LogValues, file: String, function: String,
    line: UInt
  ) {
    log.queue.append(from: BurstSummary.Origin(file: file, line: line), kind: kind, level: kind.level) {
      LogEntry(
        level: kind.level, kind: kind, message: message().description, values: values().all, file: file, line: line,
        function: function)
    }
  }

  func log(event: LogEvent) {
    log.queue.append(event) {
      var merged = metadata
      if let metadataProvider {
        merged.merge(metadataProvider.get()) { _, provided in provided }
      }
      if let given = event.metadata {
        merged.merge(given) { _, given in given }
      }
      return LogEntry(event, metadata: merged)
    }
  }
}
