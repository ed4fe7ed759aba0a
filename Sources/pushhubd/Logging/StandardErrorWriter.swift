internal import Glibc
internal import HubProtocol
internal import Logging
internal import Runtime

/// Writes readable lines to standard error.
struct StandardErrorWriter: LogWriter {
  /// Whether standard error leads to the journal: then the line begins with the priority in the form that systemd takes off
  /// again, `<4>`, and has no time, since the journal has one. See sd-daemon(3).
  let isJournal: Bool

  func write(_ entry: LogEntry) -> Bool {
    line(for: entry, wall: Clock.wall).withUnsafeBytes(writeAll)
  }

  /// `2025-12-10T12:00:00.000Z warning: the message user=42 connection=conn_…`, or with a priority in place of both; and
  /// a line break.
  func line(for entry: LogEntry, wall milliseconds: Int64) -> [UInt8] {
    var line: [UInt8] = []
    // Room for a line of common length.
    line.reserveCapacity(entry.message.utf8.count + 192)
    if isJournal {
      line += "<\(entry.level.priority)>".utf8
    } else {
      line += timestamp(wall: milliseconds).utf8
      line += " ".utf8
      line += entry.level.rawValue.utf8
      line += ": ".utf8
    }
    line += entry.text.utf8
    line += "\n".utf8
    return line
  }

  /// The bytes belong to the caller until this returns; write(2) reads no more than the rest of them.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
