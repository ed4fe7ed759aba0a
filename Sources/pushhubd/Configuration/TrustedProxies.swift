import Runtime

/// The proxies whose word on where a request comes from is taken: `http.trusted-proxies`.
struct TrustedProxies: Sendable, Hashable {
  enum Entry: Sendable, Hashable {
    /// Whoever connects from this host's own addresses.
    case loopback
    /// Whoever connects on a Unix socket.
    case unix
    case network(IPNetwork)

    init?(_ text: String) {
      switch text {
      case "loopback": self = .loopback
      case "unix": self = .unix
      default:
        guard let network = IPNetwork(text) else { return nil }
        self = .network(network)
      }
    }

    var text: String {
      switch self {
      case .loopback: "loopback"
      case .unix: "unix"
      case .network(let network): network.description
      }
    }
  }

  static let standard = TrustedProxies(entries: [.loopback, .unix])

  let entries: [Entry]

  /// - Parameter address: nil on a Unix socket.
  func trusts(_ address: IPAddress?) -> Bool {
    entries.contains { entry in
      switch entry {
      case .loopback: address?.isLoopback ?? false
      case .unix: address == nil
      case .network(let network): address.map(network.contains) ?? false
      }
    }
  }
}
