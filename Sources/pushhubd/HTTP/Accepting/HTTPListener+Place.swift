import NIOCore

extension HTTPListener {
  /// Where it listens, as a URL without a path; nil where that is no TCP address.
  var place: String? {
    guard let address, let port = address.port, let host = address.ipAddress else { return nil }
    return address.protocol == .inet6 ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
  }
}
