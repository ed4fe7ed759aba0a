import Glibc
import Runtime

/// What this process sees to by itself, so that it does not depend on who starts it, and how.
enum HubProcess {
  /// Before anything else: the first line of the program.
  static func prepare() {
    // Who reads the log, or a stream, may go away; that is the end of the write, not of the hub.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)  // a file that may grow no further is an error of the write(2)
    openMissingStandardStreams()
    if getenv("SWIFT_BACKTRACE") == nil { crashAtOnce() }
  }

  /// The command line with the program's name in front; nil where it cannot be told.
  ///
  /// From the kernel: Swift looks for it beside the environment. Where a library that is loaded before (`LD_PRELOAD`) has
  /// moved that, it finds nothing, and a hub that was told much would start with the defaults.
  static var arguments: [String]? {
    guard let bytes = try? File.read("/proc/self/cmdline", maxBytes: maxCommandLineBytes), !bytes.isEmpty else {
      return CommandLine.arguments.isEmpty ? nil : CommandLine.arguments
    }
    // Each word ends with a NUL.
    let words = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
    return words.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The kernel takes no longer one: ARG_MAX, execve(2).
  private static let maxCommandLineBytes = 6 << 20

  /// Where standard input, output or error is closed (`>&-`), the next socket would get its number, and the log would be
  /// written into it.
  private static func openMissingStandardStreams() {
    var descriptor: CInt
    repeat { descriptor = open("/dev/null", O_RDWR) } while (0...STDERR_FILENO).contains(descriptor)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Swift's own report of a crash takes most of a minute in which the hub is deaf and holds its port, and writes parts of
  /// its memory into the log. A core dump (core(5), systemd-coredump(8)) is there for that.
  private static func crashAtOnce() {
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
  }
}
