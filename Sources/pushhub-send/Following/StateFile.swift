import Glibc

/// The id of the last event that was handed out, in a file of this program's own: it is there whole or not at all, whatever
/// happens, and belongs to one process at a time.
struct StateFile {
  /// Longer is no id.
  private static let maxBytes = 128

  private let path: String
  /// The file that the path names, locked: closed with the process, or with what takes its place.
  private var descriptor: Int32
  /// Nil in a new file, and in an empty one.
  private(set) var id: String?

  /// Opens the file, or makes it.
  init(_ path: String) throws(Failure) {
    self.path = path
    descriptor = try Self.open(path)
    let content = try Self.content(of: descriptor, path)
    guard !content.isEmpty else { return }
    guard content.count < Self.maxBytes, let text = String(validating: content, as: UTF8.self),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw Failure(.badData, "\(path) holds no id of an event: name another --state, or remove it to begin anew")
    }
    id = text
  }

  /// Puts a file with this id in the old one's place. The data is on disk before the name: after a power cut the file
  /// holds this id or the one before.
  mutating func keep(_ id: String) throws(Failure) {
    guard id != self.id else { return }
    let temporary = path + ".new"
    let new = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard new >= 0 else { throw failure("open \(temporary)") }
    let text = id + "\n"
    // Locked before it has the name, so that the lock is never to be had.
    guard flock(new, LOCK_EX | LOCK_NB) == 0, write(new, text, text.utf8.count) == text.utf8.count,
      fdatasync(new) == 0, rename(temporary, path) == 0
    else {
      let failure = failure("write \(path)")
      close(new)
      throw failure
    }
    close(descriptor)
    descriptor = new
    self.id = id
  }

  private static func open(_ path: String) throws(Failure) -> Int32 {
    while true {
      let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw Failure(.cannotCreate, "cannot open the state file \(path): \(SystemError.text(errno))")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let error = errno
        close(descriptor)
        guard error != EWOULDBLOCK else {
          throw Failure(.tryAgain, "\(path) is another listener's: each needs a state file of its own")
        }
        throw Failure(.cannotCreate, "cannot lock the state file \(path): \(SystemError.text(error))")
      }
      // The lock may be that of a file which was replaced between the two calls.
      var (opened, named) = (stat(), stat())
      if fstat(descriptor, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino,
        opened.st_dev == named.st_dev
      {
        return descriptor
      }
      close(descriptor)
    }
  }

  /// Without the line's end.
  private static func content(of descriptor: Int32, _ path: String) throws(Failure) -> [UInt8] {
    var content = [UInt8](repeating: 0, count: maxBytes)
    let count = read(descriptor, &content, content.count)
    guard count >= 0 else {
      throw Failure(.inputOutput, "cannot read the state file \(path): \(SystemError.text(errno))")
    }
    let line = content.prefix(count)
    return Array(line.last == UInt8(ascii: "\n") ? line.dropLast() : line)
  }

  private func failure(_ what: String) -> Failure {
    Failure(.inputOutput, "cannot keep the state: \(what): \(SystemError.text(errno))")
  }
}
