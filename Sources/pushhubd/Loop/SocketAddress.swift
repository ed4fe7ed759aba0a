import CLinux
import Glibc
import HubCore

/// One end of an internet socket. Written out only when somebody asks, as most are never shown.
struct SocketAddress: Sendable {
  private let address: clinux_address

  init(_ address: clinux_address) { self.address = address }

  /// Where a socket is bound; nil where that is no internet address.
  init?(boundBy descriptor: CInt) {
    var address = clinux_address()
    guard clinux_local_address(descriptor, &address) == 0, address.family != 0 else { return nil }
    self.address = address
  }

  /// As connections and the log show it.
  var remoteAddress: RemoteAddress {
    switch address.family {
    case AF_INET: RemoteAddress(ipv4: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }, port: address.port)
    case AF_INET6: RemoteAddress(host: text, port: address.port)
    default: .unknown
    }
  }

  /// Whether only this host has it: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), also as IPv6 has it, or `::1`.
  var isLoopback: Bool {
    let bytes = bytes
    switch address.family {
    case AF_INET: return bytes[0] == 127
    case AF_INET6:
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      return isMapped ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    default: return false
    }
  }

  /// As the authority of a URL has it: `192.0.2.1:80`, `[::1]:80`.
  var authority: String { remoteAddress.description }

  // A tuple in C's eyes; read within the closure.
  private var bytes: [UInt8] { withUnsafeBytes(of: address.bytes) { Array($0) } }

  private var text: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    // inet_ntop(3) writes no more than it is told there is room for.
    guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "unknown" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The file of a Unix socket; nil where it has none.
func socketPath(of descriptor: CInt) -> String? {
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
