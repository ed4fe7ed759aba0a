import CLinux
import Glibc

/// What the system hands a process, as values.
enum Process {
  /// The arguments' bytes without the program's name. `CommandLine.arguments` would repair what is not UTF-8, and with
  /// it change a payload.
  static var arguments: [[UInt8]] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      // The system's strings end in NUL and live as long as the process; the index is below argc.
      CommandLine.unsafeArgv[index].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
  }

  /// The variables that say where the hub is.
  static var environment: [String: String] {
    var environment: [String: String] = [:]
    for name in ["PUSHHUB_SOCKET", "XDG_RUNTIME_DIR"] {
      environment[name] = getenv(name).map { String(cString: $0) }
    }
    return environment
  }

  /// Ends it as a signal does that nothing catches, which tells whoever started it more than an exit code.
  static func end(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    sigprocmask(SIG_UNBLOCK, &set, nil)
    raise(number)
    // The first process of a container does not die of its own signals.
    exit(128 + number)
  }
}
