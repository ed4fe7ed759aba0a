import Glibc

/// Small files, read whole.
enum File {
  /// How long, in milliseconds, a pipe in a file's place may keep the hub waiting for what is written into it.
  private static let patience: CInt = 1_000

  /// At most one byte more than `maxBytes`, so that too long a file is seen as such.
  static func read(_ path: String, maxBytes: Int) throws(SystemCallError) -> [UInt8] {
    // A pipe that nobody writes into would hold up the start, a reload, and the end for good.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemCallError("open") }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while contents.count <= maxBytes {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, patience) > 0 else { throw SystemCallError("read", number: ETIMEDOUT) }
        continue
      }
      guard count > 0 else { throw SystemCallError("read") }
      contents += buffer.prefix(min(count, maxBytes + 1 - contents.count))
    }
    return contents
  }
}
