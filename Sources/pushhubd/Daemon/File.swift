import Glibc

/// Small files, read whole.
enum File {
  /// At most one byte more than `maxBytes`, so that too long a file is seen as such.
  static func read(_ path: String, maxBytes: Int) throws(SystemCallError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemCallError("open") }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while contents.count <= maxBytes {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemCallError("read") }
      contents += buffer.prefix(min(count, maxBytes + 1 - contents.count))
    }
    return contents
  }
}
