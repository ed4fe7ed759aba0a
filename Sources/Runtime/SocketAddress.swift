import CLinux
import Glibc

/// One end of an internet socket. Written out only when somebody asks, as most are never shown.
package struct SocketAddress: Sendable {
  private var address: clinux_address

  init(_ address: clinux_address) { self.address = address }

  /// Where a socket is bound; nil where that is no internet address.
  package init?(boundBy descriptor: CInt) {
    var address = clinux_address()
    guard clinux_local_address(descriptor, &address) == 0, address.family != 0 else { return nil }
    self.address = address
  }

  /// An address of IPv4, four bytes in the network's order.
  package init(ipv4 number: UInt32, port: UInt16) {
    address = clinux_address()
    address.family = AF_INET
    address.port = port
    withUnsafeMutableBytes(of: &address.bytes) { $0.storeBytes(of: number.bigEndian, as: UInt32.self) }
  }

  package var ip: IPAddress {
    address.family == AF_INET ? IPAddress(ipv4: bytes.prefix(4)) : IPAddress(bytes: bytes)
  }

  /// The number that an address of IPv4 is; nil for one of IPv6.
  package var ipv4: UInt32? {
    address.family == AF_INET ? bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } : nil
  }

  /// As text, without the port.
  package var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    // inet_ntop(3) writes no more than it is told there is room for.
    guard inet_ntop(address.family, bytes, &text, socklen_t(text.count)) != nil else { return "unknown" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package var port: UInt16 { address.port }

  package var isLoopback: Bool { ip.isLoopback }

  // A tuple in C's eyes; read within the closure.
  private var bytes: [UInt8] { withUnsafeBytes(of: address.bytes) { Array($0) } }
}

/// The file of a Unix socket; nil where it has none.
package func socketPath(of descriptor: CInt) -> String? {
  var address = sockaddr_un()
  var size = socklen_t(MemoryLayout<sockaddr_un>.size)
  let result = withUnsafeMutablePointer(to: &address) { address in
    // getsockname(2) writes no more than `size`, and every kind of address begins as a sockaddr does.
    address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
  }
  guard result == 0, CInt(address.sun_family) == AF_UNIX else { return nil }
  let path = withUnsafeBytes(of: address.sun_path) { Array($0.prefix { $0 != 0 }) }
  return path.first == UInt8(ascii: "/") ? String(decoding: path, as: UTF8.self) : nil
}
