import Glibc
import HubCore
import Runtime

/// A socket on which HTTP connections come in. The shards accept from it together.
struct HTTPListener: Sendable {
  let descriptor: CInt
  /// Where it listens; nil where that is no internet address.
  let address: SocketAddress?
  /// Whether the sockets that are accepted from it have to be told from those of other hosts one by one.
  let isLoopback: Bool

  /// - Parameter descriptor: listens and does not block.
  init(_ descriptor: CInt) {
    self.descriptor = descriptor
    address = SocketAddress(boundBy: descriptor)
    isLoopback = address?.isLoopback ?? false
  }

  /// Where it listens, as a URL without a path; nil where that is no internet address.
  var place: String? { address.map { "http://\($0.authority)" } }
}
