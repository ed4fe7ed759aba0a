public import Glibc

/// Flags of send(2) and recv(2) that every call here takes.
public enum SocketFlags {
  /// An error instead of a signal where the peer is gone, and never wait.
  @inlinable public static var send: CInt { CInt(MSG_NOSIGNAL | MSG_DONTWAIT) }
  /// Never wait.
  @inlinable public static var receive: CInt { CInt(MSG_DONTWAIT) }
}
