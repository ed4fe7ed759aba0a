import Glibc
import NIOCore

/// A TCP socket that listens.
enum ListeningSocket {
  private static let backlog: CInt = 4096

  /// Returns the socket's descriptor: non-blocking, closed on exec.
  static func open(at address: SocketAddress) throws(SystemCallError) -> CInt {
    let family = address.protocol == .inet6 ? AF_INET6 : AF_INET
    let descriptor = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw SystemCallError("socket") }
    var yes: CInt = 1
    _ = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    // bind(2) copies the address.
    let isBound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) } == 0
    guard isBound, listen(descriptor, backlog) == 0 else {
      let error = SystemCallError(isBound ? "listen" : "bind")
      close(descriptor)
      throw error
    }
    return descriptor
  }
}
