import Glibc

/// Small files, read and written whole.
package enum File {
  /// How long, in milliseconds, a pipe in a file's place may keep the hub waiting for what is written into it.
  private static let patience: CInt = 1_000

  /// At most one byte more than `maxBytes`, so that too long a file is seen as such.
  package static func read(_ path: String, maxBytes: Int) throws(SystemCallError) -> [UInt8] {
    // A pipe that nobody writes into would hold up the start, a reload, and the end for good.
    let descriptor = try Descriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), of: "open")
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while contents.count <= maxBytes {
      let count = Glibc.read(descriptor.number, &buffer, buffer.count)
      if count == 0 { break }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, patience) > 0 else { throw SystemCallError("read", number: ETIMEDOUT) }
        continue
      }
      guard count > 0 else { throw SystemCallError("read") }
      contents += buffer.prefix(min(count, maxBytes + 1 - contents.count))
    }
    return contents
  }

  /// Replaces a file in one step: a crash leaves what was there, or all that is new.
  package static func replace(_ path: String, with text: String) throws(SystemCallError) {
    let temporary = path + ".new"
    do {
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      let descriptor = try Descriptor(open(temporary, flags, 0o600), of: "open \(temporary)")
      let count = write(descriptor.number, text, text.utf8.count)
      guard count >= 0 else { throw SystemCallError("write \(temporary)") }
      guard count == text.utf8.count else { throw SystemCallError("write \(temporary)", number: ENOSPC) }
      guard fsync(descriptor.number) == 0 else { throw SystemCallError("fsync \(temporary)") }
    }
    guard rename(temporary, path) == 0 else { throw SystemCallError("rename \(path)") }
  }
}
