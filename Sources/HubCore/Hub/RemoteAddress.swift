import HubProtocol

/// Where a client's connection comes from.
///
/// Host and port are apart, as a connection keeps them for as long as it lives: an IPv4 address alone fits into a
/// `String` without memory of its own.
package struct RemoteAddress: Sendable, Hashable, CustomStringConvertible {
  package static let unknown = RemoteAddress(host: "unknown", port: nil)

  /// An IPv4 or IPv6 address in its usual form.
  package let host: String
  package let port: UInt16?

  package init(host: String, port: UInt16?) {
    self.host = host
    self.port = port
  }

  /// An IPv4 address, its first number in the highest bits.
  package init(ipv4 address: UInt32, port: UInt16?) {
    let host = String(maxSize: 15) { text in
      for shift in [24, 16, 8, 0] as [UInt32] {
        text.append(decimal: UInt64(address >> shift & 255))
        if shift > 0 { text.append(UInt8(ascii: ".")) }
      }
    }
    self.init(host: host, port: port)
  }

  /// `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  package var description: String {
    guard let port else { return host }
    let isIPv6 = host.utf8.contains(UInt8(ascii: ":"))
    return String(maxSize: host.utf8.count + 8) { text in
      if isIPv6 { text.append(UInt8(ascii: "[")) }
      text.append(host)
      if isIPv6 { text.append(UInt8(ascii: "]")) }
      text.append(UInt8(ascii: ":"))
      text.append(decimal: UInt64(port))
    }
  }
}
