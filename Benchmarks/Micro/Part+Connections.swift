import HubCore

extension Part {
  static let connectionParts = [
    Part(name: "connect", title: "register a stream, with its first bytes, and close it again, among 10000") {
      let (manager, _) = Samples.hub(connections: 10_000)
      let request = Samples.request(10_000)
      return { count in
        for _ in 0..<count {
          guard case .opened(let opening) = manager.createConnection(request, now: Samples.moment) else { continue }
          use(manager.streamEnded(opening.stream, reason: .clientClosed))
          manager.release(opening.stream)
        }
      }
    }
  ]
}
