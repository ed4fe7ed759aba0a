import Glibc

/// Why a socket could not be opened: errno as socket(2) or connect(2) gave it.
struct ConnectProblem: Error, Equatable {
  var path: String
  var error: Int32

  /// Nothing is there, or nobody listens any more.
  var isAbsence: Bool { [ENOENT, ENOTDIR, ECONNREFUSED].contains(error) }
  var isRefusal: Bool { [EACCES, EPERM].contains(error) }

  /// - Parameters:
  ///   - alsoAbsent: another path at which nobody listens.
  ///   - group: the group that may open the socket, where there is one.
  func failure(alsoAbsent: String?, group: String?, timeout: Timeout) -> Failure {
    if isAbsence {
      let paths = alsoAbsent.map { "\(path) or \($0)" } ?? path
      let start = "start one with 'systemctl start pushhubd' or 'pushhubd --dev', or name its socket with --socket"
      return Failure(.unavailable, "no hub listens at \(paths): \(start)")
    }
    if isRefusal {
      let advice = group.map { ": join the group \($0) ('sudo usermod -aG \($0) $USER') and log in again" }
      return Failure(.noPermission, "no permission to open \(path)\(advice ?? "; ask its owner")")
    }
    switch error {
    case EAGAIN, ETIMEDOUT:
      return Failure(.tryAgain, "the hub at \(path) did not accept the connection within \(timeout.description)")
    case EMFILE, ENFILE, ENOBUFS, ENOMEM:
      return Failure(.cannotCreate, "cannot create a socket: \(SystemError.text(error))")
    default:
      return Failure(.unavailable, "cannot connect to \(path): \(SystemError.text(error))")
    }
  }
}
