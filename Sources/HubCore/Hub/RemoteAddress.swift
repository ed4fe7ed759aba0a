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

  /// `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  package var description: String {
    guard let port else { return host }
    return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
