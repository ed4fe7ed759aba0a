internal import CLinux
internal import Glibc

/// Where the log goes: the configuration's `log.target`.
enum LogTarget: String, CaseIterable, Sendable {
  /// The journal if the service manager connected standard error to it, else standard error.
  case automatic = "auto"
  case journal
  case standardError = "stderr"

  /// What to write with.
  func writer(environment: [String: String]) -> any LogWriter {
    let isJournal = Self.isJournal(environment: environment)
    switch self {
    case .automatic: return isJournal ? JournalWriter() : StandardErrorWriter(isJournal: false)
    case .journal: return JournalWriter()
    case .standardError: return StandardErrorWriter(isJournal: isJournal)
    }
  }

  /// Whether the service manager connected standard error to the journal.
  static func isJournal(environment: [String: String]) -> Bool {
    JournalStream(environment["JOURNAL_STREAM"]).map { $0 == JournalStream(descriptor: STDERR_FILENO) } ?? false
  }
}

/// The identity of a stream to the journal: `$JOURNAL_STREAM` in systemd.exec(5).
struct JournalStream: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64

  /// From the variable's text, device and inode in decimal with a colon between.
  init?(_ text: String?) {
    guard let parts = text?.split(separator: ":", omittingEmptySubsequences: false), parts.count == 2,
      let device = UInt64(parts[0]), let inode = UInt64(parts[1])
    else {
      return nil
    }
    self.device = device
    self.inode = inode
  }

  /// Of an open descriptor, or nil if it is none.
  init?(descriptor: Int32) {
    var file = clinux_file()
    guard clinux_fstat(descriptor, &file) == 0 else {
      return nil
    }
    device = file.device
    inode = file.inode
  }
}
