/// Where log entries end up: the journal, or standard error. Used by the log's own thread alone, and may block it.
protocol LogWriter: Sendable {
  /// Writes one entry. Returns false if it is lost.
  func write(_ entry: LogEntry) -> Bool
}
