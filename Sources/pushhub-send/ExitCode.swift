/// What `pushhub-send` tells the shell; the numbers from 64 on are those of sysexits.h.
enum ExitCode: Int32, Sendable {
  case done = 0
  /// `--require-delivery`, and no connection got the event.
  case undelivered = 3
  /// The command line makes no sense.
  case usage = 64
  /// The hub refused what was sent, or it could not have been sent.
  case badData = 65
  /// A file named by `@FILE` cannot be read.
  case noInput = 66
  /// No hub answers at the socket.
  case unavailable = 69
  /// No socket can be made, or no process, for want of descriptors or memory; or no state file.
  case cannotCreate = 73
  /// Standard input cannot be read, or standard output cannot be written.
  case inputOutput = 74
  /// The same call may succeed later: overloaded, draining, timed out, cut off.
  case tryAgain = 75
  /// This user may not open the socket, or the hub does not let this user do that.
  case noPermission = 77

  /// The code for a run of several events, of which some went wrong: data that must be corrected counts more than what
  /// only needs another try, and that more than an event that nobody got.
  func combined(with other: ExitCode) -> ExitCode { severity >= other.severity ? self : other }

  private var severity: Int {
    switch self {
    case .done: 0
    case .undelivered: 1
    case .tryAgain: 2
    case .badData: 3
    case .usage, .noInput, .unavailable, .cannotCreate, .inputOutput, .noPermission: 4
    }
  }
}
