import Glibc
import NIOCore

/// The two addresses of an internet socket; nil where it has none, or one of another family.
enum SocketName {
  static func local(_ descriptor: CInt) -> SocketAddress? { name { getsockname(descriptor, $0, $1) } }
  static func peer(_ descriptor: CInt) -> SocketAddress? { name { getpeername(descriptor, $0, $1) } }

  private static func name(
    _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
  ) -> SocketAddress? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
      guard let base = bytes.baseAddress else { return nil }
      // A sockaddr_storage has room and alignment for every kind of sockaddr; the calls write no more than `size`.
      guard ask(base.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return nil }
      return switch CInt(bytes.load(as: sockaddr.self).sa_family) {
      case AF_INET: SocketAddress(bytes.load(as: sockaddr_in.self))
      case AF_INET6: SocketAddress(bytes.load(as: sockaddr_in6.self))
      default: nil
      }
    }
  }
}
