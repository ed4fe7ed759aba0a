/// The listening sockets that systemd opened for the hub, sorted by the name that their socket unit gave them.
///
/// systemd hands them over in another order at every start, so the name alone counts: `publish`, at most once, a
/// listening Unix stream socket; `http`, any number of listening TCP sockets. Both may be missing: the hub then opens
/// its own. See sd_listen_fds_with_names(3).
struct ListeningSockets: Equatable, Sendable {
  /// The publishers' socket.
  private(set) var publish: Int32?
  /// The sockets of the HTTP server, in the order in which they were passed.
  private(set) var http: [Int32] = []

  /// Sorts what was passed. The descriptors stay the caller's, also when it throws.
  init(_ passed: [PassedSocket] = []) throws(SocketActivationError) {
    for socket in passed {
      try add(socket)
    }
  }

  private mutating func add(_ socket: PassedSocket) throws(SocketActivationError) {
    switch socket.name {
    case "publish":
      guard socket.form == .listeningUnixStream else {
        throw .wrongKind(socket, expected: .listeningUnixStream)
      }
      guard publish == nil else {
        throw .secondPublish(socket)
      }
      publish = socket.descriptor
    case "http":
      guard socket.form == .listeningTCP else {
        throw .wrongKind(socket, expected: .listeningTCP)
      }
      http.append(socket.descriptor)
    default:
      throw .unknownName(socket)
    }
  }
}
