internal import Glibc

/// How "systemctl reload" learns whether the hub took the new configuration over: sd_notify(3) has no word for it.
///
/// The unit's `ExecReload=` makes a named pipe in `$RUNTIME_DIRECTORY`, asks for the reload and waits for a line there.
struct ReloadVerdict: ~Copyable {
  private static let name = "reload"

  private let pipe: CInt

  /// nil where nobody waits.
  init?(environment: [String: String]) {
    // Several RuntimeDirectory= come separated by colons, in any order.
    for directory in environment["RUNTIME_DIRECTORY"]?.split(separator: ":") ?? [] {
      // Without a reader, or another kind of file: nobody waits.
      let descriptor = open("\(directory)/\(Self.name)", O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
        pipe = descriptor
        return
      }
      close(descriptor)
    }
    return nil
  }

  deinit { close(pipe) }

  func tell(_ isTaken: Bool) {
    let line = isTaken ? "taken\n" : "refused\n"
    _ = write(pipe, line, line.utf8.count)  // who went away has no need of it any more
  }
}
