internal import Glibc
internal import HubCore

/// Writes readable lines to standard error.
struct StandardErrorWriter: LogWriter {
  /// Whether standard error leads to the journal: then the line begins with the priority in the form that systemd takes off
  /// again, `<4>`, and has no time, since the journal has one. See sd-daemon(3).
  let isJournal: Bool

  func write(_ entry: LogEntry) -> Bool {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    var bytes = Array(line(for: entry, wall: milliseconds).utf8)
    bytes.append(UInt8(ascii: "\n"))
    return bytes.withUnsafeBytes(writeAll)
  }

  /// `2025-12-10T12:00:00.000Z warning: the message user=42 connection=conn_…`, or with a priority in place of both.
  func line(for entry: LogEntry, wall milliseconds: Int64) -> String {
    var line = isJournal ? "<\(entry.level.priority)>" : "\(timestamp(wall: milliseconds)) \(entry.level): "
    line += entry.message
    for value in entry.values {
      line += " \(value.field.rawValue)=\(quotedIfNeeded(escapingControls(value.text)))"
    }
    return line
  }

  private func quotedIfNeeded(_ text: String) -> String {
    let (blank, quote) = (UInt8(ascii: " "), UInt8(ascii: "\""))
    guard text.isEmpty || text.utf8.contains(where: { $0 == blank || $0 == quote }) else {
      return text
    }
    let parts = text.utf8.split(separator: quote, omittingEmptySubsequences: false)
    return "\"" + parts.map { String(Substring($0)) }.joined(separator: "\\\"") + "\""
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
