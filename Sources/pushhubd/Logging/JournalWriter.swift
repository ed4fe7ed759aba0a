internal import CSystemd
internal import Glibc

/// Writes to journald by its native protocol, so that every part of an entry is a field that can be asked for.
struct JournalWriter: LogWriter {
  private static let identifier = "pushhubd"

  func write(_ entry: LogEntry) -> Bool {
    let fields = Self.fields(of: entry)
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for field in fields {
      bytes.append(contentsOf: field.utf8)
      ends.append(bytes.count)
    }
    // The vectors point into `bytes`, which live until the closure returns; sd_journal_sendv(3) only reads them, and is
    // done with them when it returns.
    return bytes.withUnsafeMutableBytes { buffer in
      var vectors: [iovec] = []
      var begin = 0
      for end in ends {
        let field = buffer[begin..<end]
        vectors.append(
          iovec(iov_base: UnsafeMutableRawBufferPointer(rebasing: field).baseAddress, iov_len: field.count))
        begin = end
      }
      return sd_journal_sendv(vectors, Int32(vectors.count)) >= 0
    }
  }

  /// `NAME=value` of each field. Names are this program's own; a line break in a value makes no second field, because
  /// sd_journal_sendv(3) sends such a value with its length.
  static func fields(of entry: LogEntry) -> [String] {
    var fields = [
      "MESSAGE=\(entry.text)",
      "PRIORITY=\(entry.level.priority)",
      "SYSLOG_IDENTIFIER=\(identifier)",
      "CODE_FILE=\(entry.file)",
      "CODE_LINE=\(entry.line)",
      "CODE_FUNC=\(entry.function)",
    ]
    if let kind = entry.kind {
      fields.append("MESSAGE_ID=\(kind.messageID)")
      fields.append("\(LogField.kind.journalName)=\(kind.rawValue)")
    }
    for value in entry.values {
      fields.append("\(value.field.journalName)=\(value.text)")
    }
    return fields
  }
}
