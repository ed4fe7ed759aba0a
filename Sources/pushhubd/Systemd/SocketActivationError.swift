internal import Glibc
import Runtime

/// Why the sockets that the service manager passed cannot be used.
///
/// Always a mistake in the units, so the hub ends with `exitCode` instead of opening other sockets than it was told to.
enum SocketActivationError: Error, Equatable {
  /// The environment that announces the sockets cannot be read: `errno`.
  case unreadable(Int32)
  case unknownName(PassedSocket)
  case wrongKind(PassedSocket, expected: PassedSocket.Form)
  case secondPublish(PassedSocket)

  /// EX_CONFIG of sysexits(3), which `systemctl status` shows as 78/CONFIG.
  static let exitCode: Int32 = 78

  /// One line for the operator.
  var description: String {
    switch self {
    case .unreadable(let errno):
      "cannot take the sockets passed by the service manager: \(systemError(errno))"
    case .unknownName(let socket):
      "the service manager passed a socket named “\(escapingControls(socket.name))” (descriptor \(socket.descriptor)); "
        + "pushhubd takes “publish” and “http”: set FileDescriptorName= to one of them in the socket unit"
    case .wrongKind(let socket, let expected):
      "the socket “\(socket.name)” (descriptor \(socket.descriptor)) must be \(expected.description), "
        + "but is \(socket.form.description): correct ListenStream= in its socket unit"
    case .secondPublish(let socket):
      "the service manager passed a second socket named “publish” (descriptor \(socket.descriptor)); "
        + "publishers have one socket: remove the other ListenStream="
    }
  }
}
