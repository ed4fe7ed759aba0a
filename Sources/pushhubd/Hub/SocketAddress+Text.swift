import HubCore
import Runtime

extension SocketAddress {
  /// As connections and the log show it. Written out only when somebody asks, as most are never shown.
  var remoteAddress: RemoteAddress {
    if let ipv4 { RemoteAddress(ipv4: ipv4, port: port) } else { RemoteAddress(host: host, port: port) }
  }

  /// As the authority of a URL has it: `192.0.2.1:80`, `[::1]:80`.
  var authority: String { remoteAddress.description }
}
