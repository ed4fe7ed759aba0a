import CLinux
import Glibc

/// What one call of accept4(2) came to.
package enum Acceptance {
  /// Non-blocking, closed on exec; and where the peer is.
  case connection(CInt, SocketAddress)
  /// Nobody waits any more.
  case nobody
  /// Descriptors or memory have run out; who waits, waits on in the kernel's queue.
  case exhausted(CInt)
  /// One connection's own trouble: it went before it was accepted, mostly.
  case gone
  /// The socket does not listen, and will not.
  case failed(SystemCallError)

  package static func next(on listener: CInt) -> Acceptance {
    var peer = clinux_address()
    let descriptor = clinux_accept4(listener, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), &peer)
    if descriptor >= 0 { return .connection(descriptor, SocketAddress(peer)) }
    let number = errno
    switch number {
    case EAGAIN: return .nobody
    case EMFILE, ENFILE, ENOMEM, ENOBUFS: return .exhausted(number)
    case EBADF, EINVAL, ENOTSOCK: return .failed(SystemCallError("accept4", number: number))
    default: return .gone
    }
  }
}
