internal import CSystemd
internal import Glibc

/// Takes over the sockets that the service manager passed to this process.
enum SocketActivation {
  /// The passed sockets, none if there are none. Call it once, before any thread starts: it clears `LISTEN_FDS` and its
  /// like from the environment, so that no child process takes them for its own, and marks every descriptor close-on-exec
  /// and non-blocking: a loop that accepts until there is nobody left must not wait for the next.
  static func take() throws(SocketActivationError) -> ListeningSockets {
    // sd_listen_fds_with_names(3) allocates `count` strings and their array, which `release` frees, once; where it fails,
    // it leaves nil.
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = sd_listen_fds_with_names(1, &names)
    defer { release(names, count: Int(count)) }
    guard count >= 0 else {
      throw .unreadable(-count)
    }
    var passed: [PassedSocket] = []
    for index in 0..<Int(count) {
      let descriptor = SD_LISTEN_FDS_START + Int32(index)
      let flags = fcntl(descriptor, F_GETFL)
      guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
        throw .unreadable(errno)
      }
      passed.append(PassedSocket(descriptor: descriptor, name: names?[index].map { String(cString: $0) } ?? ""))
    }
    return try ListeningSockets(passed)
  }

  /// What to say where sockets were passed to another process, which means that this one gets none: a wrapper that starts
  /// the hub as its child, mostly.
  static func passedToAnother(_ environment: [String: String], pid: Int32 = getpid()) -> String? {
    guard let count = environment["LISTEN_FDS"], count != "0" else { return nil }
    let receiver = environment["LISTEN_PID"]
    guard receiver != "\(pid)" else { return nil }
    let whom = receiver.map { "to process \($0) (LISTEN_PID)" } ?? "to nobody (LISTEN_PID is not set)"
    return "sockets are passed (LISTEN_FDS=\(count)) \(whom), and this is process \(pid), which does not use them: "
      + "what starts the hub must become it (exec), not have it as a child"
  }

  private static func release(_ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, count: Int) {
    guard let names else {
      return
    }
    for index in 0..<max(count, 0) {
      free(names[index])
    }
    free(names)
  }
}
