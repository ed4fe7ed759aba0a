import Glibc

/// Standard output and standard error, unbuffered: a receipt is there once the event is.
enum StandardStreams {
  /// O_PATH, which is not in the Glibc module; the same number on every architecture that Swift runs on.
  private static let pathOnly: Int32 = 0o10_000_000

  /// Fills the places of standard streams that were closed with what can be neither read nor written, so that no socket
  /// or file that is opened later takes such a place and gets what was meant for it.
  static func reserveDescriptors() throws(Failure) {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest that is free is this one, as those below it are open.
      guard open("/", pathOnly) == descriptor else {
        throw Failure(.inputOutput, "descriptor \(descriptor) is closed, and cannot be replaced")
      }
    }
  }

  static func write(_ bytes: [UInt8]) throws(Failure) {
    let error = writeAll(bytes, to: STDOUT_FILENO)
    if error != 0 { throw Failure(.inputOutput, "cannot write to standard output: \(SystemError.text(error))") }
  }

  /// One line for a person. That standard error itself is gone, nobody could be told.
  static func report(_ message: String) { _ = writeAll(Failure.line(message), to: STDERR_FILENO) }

  /// Returns errno, or 0. A descriptor that its owner made non-blocking is waited for.
  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      // write(2) reads no more than the buffer, and keeps no pointer.
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var descriptors = [Poll.descriptor(descriptor, Poll.writable)]
        _ = poll(&descriptors, 1, -1)
      case let error: return error
      }
    }
    return 0
  }
}
