import Synchronization

@testable import pushhubd

/// Remembers what it wrote.
final class RecordingWriter: LogWriter {
  private let entries = Mutex<[LogEntry]>([])

  func write(_ entry: LogEntry) -> Bool {
    entries.withLock { $0.append(entry) }
    return true
  }

  var written: [LogEntry] { entries.withLock { $0 } }
}
