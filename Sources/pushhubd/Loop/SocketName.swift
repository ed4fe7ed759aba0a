import Glibc
import HubCore
import NIOCore

/// The two addresses of an internet socket.
enum SocketName {
  /// Nil where it has none, or one of another family.
  static func local(_ descriptor: CInt) -> SocketAddress? {
    name {
      getsockname(descriptor, $0, $1)
    } read: {
      address(in: $0)
    }
  }

  static func peer(_ descriptor: CInt) -> RemoteAddress {
    name {
      getpeername(descriptor, $0, $1)
    } read: { bytes in
      CInt(bytes.load(as: sockaddr.self).sa_family) == AF_INET
        ? RemoteAddress(internet: bytes) : RemoteAddress(address(in: bytes))
    } ?? .unknown
  }

  /// The file of a Unix socket; nil where it has none.
  static func path(_ descriptor: CInt) -> String? {
    name {
      getsockname(descriptor, $0, $1)
    } read: { bytes in
      guard CInt(bytes.load(as: sockaddr.self).sa_family) == AF_UNIX else { return nil }
      let path = bytes.dropFirst(MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2).prefix { $0 != 0 }
      return path.first == UInt8(ascii: "/") ? String(decoding: path, as: UTF8.self) : nil
    }
  }

  private static func address(in bytes: UnsafeRawBufferPointer) -> SocketAddress? {
    switch CInt(bytes.load(as: sockaddr.self).sa_family) {
    case AF_INET: SocketAddress(bytes.load(as: sockaddr_in.self))
    case AF_INET6: SocketAddress(bytes.load(as: sockaddr_in6.self))
    default: nil
    }
  }

  private static func name<Name>(
    _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt,
    read: (UnsafeRawBufferPointer) -> Name?
  ) -> Name? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
      guard let base = bytes.baseAddress else { return nil }
      // A sockaddr_storage has room and alignment for every kind of sockaddr; the calls write no more than `size`.
      guard ask(base.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return nil }
      return read(UnsafeRawBufferPointer(bytes))
    }
  }
}
