import Glibc

/// The id of the last event that was handed out, in a file of this program's own: it is there whole or not at all, whatever
/// happens, and belongs to one process at a time.
struct StateFile {
  /// Longer is no id.
  private static let maxBytes = 128

  /// Of the file itself, where a symbolic link leads to it.
  private let path: String
  /// The file that the path names, locked: closed with the process, or with what takes its place.
  private var descriptor: Int32
  /// Nil in a new file, and in an empty one.
  private(set) var id: String?

  /// Opens the file, or makes it.
  init(_ path: String) throws(Failure) {
    descriptor = try Self.open(path)
    self.path = Self.resolved(path)
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
    takeOver(new)
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

  /// Gives a file the owner and the mode of the one that it replaces, as far as this user may.
  private func takeOver(_ new: Int32) {
    var former = stat()
    guard fstat(descriptor, &former) == 0 else { return }
    if fchown(new, former.st_uid, former.st_gid) == 0 { fchmod(new, former.st_mode & 0o777) }
  }

  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    // Allocated by realpath(3), for us to free.
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func open(_ path: String) throws(Failure) -> Int32 {
    while true {
      let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
      guard descriptor >= 0 else {
        throw Failure(.cannotCreate, "cannot open the state file \(path): \(SystemError.text(errno))")
      }
      var opened = stat()
      // It is replaced by another: a device, as /dev/null, must not be.
      guard fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        throw Failure(.cannotCreate, "\(path) is no regular file: name one for --state, or leave it out")
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
      var named = stat()
      if stat(path, &named) == 0, opened.st_ino == named.st_ino,
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
