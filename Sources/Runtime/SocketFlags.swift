import Glibc

/// Flags of send(2) and recv(2) that every call here takes.
package enum SocketFlags {
  /// An error instead of a signal where the peer is gone, and never wait.
  package static let send = CInt(MSG_NOSIGNAL | MSG_DONTWAIT)
  /// Never wait.
  package static let receive = CInt(MSG_DONTWAIT)
}
