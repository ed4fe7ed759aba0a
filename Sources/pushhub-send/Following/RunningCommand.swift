import CLinux
import Glibc

/// A command that `--exec` runs: `sh -c`, with the payload as standard input. That is a file in memory, so that a command
/// which reads only a part of it, or nothing, holds up nobody.
struct RunningCommand {
  enum End: Equatable {
    case exited(Int32)
    case killed(by: Int32)
  }

  let event: String
  private let process: pid_t

  init(_ command: EventCommand, signalMask: sigset_t) throws(Failure) {
    event = command.id
    let input = try Self.input(command.input)
    defer { close(input) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = signalMask
    posix_spawnattr_setsigmask(&attributes, &mask)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // No other thread reads the environment, as there is none.
    setenv("PUSHHUB_EVENT_ID", command.id, 1)
    setenv("PUSHHUB_EVENT_TYPE", command.type, 1)
    setenv("PUSHHUB_EVENT_TARGET", command.target, 1)
    var process = pid_t()
    // Copies that end in NUL, until the call returns.
    let words = ["sh", "-c", command.command]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let error = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, clinux_environment())
    guard error == 0 else { throw Failure(.cannotCreate, "cannot run a command: \(SystemError.text(error))") }
    self.process = process
  }

  /// How it ended; nil while it runs.
  func end() -> End? {
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    // As WIFSIGNALED and WEXITSTATUS have it, which are macros.
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(by: signal)
  }

  private static func input(_ bytes: [UInt8]) throws(Failure) -> Int32 {
    let descriptor = clinux_memory_file("payload")
    guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot hold a payload: \(SystemError.text(errno))") }
    var rest = bytes[...]
    while !rest.isEmpty {
      // write(2) reads no more than the buffer, and keeps no pointer.
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else {
        let failure = Failure(.cannotCreate, "cannot hold a payload: \(SystemError.text(errno))")
        close(descriptor)
        throw failure
      }
      rest = rest.dropFirst(max(0, count))
    }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }
}
