import CLinux
import Glibc

/// The signals that end a program which would go on for ever, and that of a child which has ended, as something to poll.
///
/// From here on they are blocked; a child is given back what was before. A signal that whoever started the program wants
/// ignored (nohup(1), `&` of a shell without job control) stays ignored.
struct StopSignals {
  /// To be polled for reading.
  let descriptor: Int32
  let previousMask: sigset_t

  init() throws(Failure) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] where clinux_is_ignored(number) == 0 { sigaddset(&set, number) }
    // Where it was ignored, children would be gone before anybody could ask how they ended.
    signal(SIGCHLD, SIG_DFL)
    sigaddset(&set, SIGCHLD)
    var previous = sigset_t()
    sigprocmask(SIG_BLOCK, &set, &previous)
    previousMask = previous
    descriptor = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot wait for signals: \(SystemError.text(errno))") }
  }

  /// The next that has come.
  func next() -> Int32? {
    var signal = signalfd_siginfo()
    // read(2) writes one structure of the kernel's, which is as large as it says here.
    let count = read(descriptor, &signal, MemoryLayout<signalfd_siginfo>.size)
    return count == MemoryLayout<signalfd_siginfo>.size ? Int32(signal.ssi_signo) : nil
  }
}
