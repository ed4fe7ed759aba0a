import HubCore

extension Part {
  static let connectionParts = [connect(named: "connect", topics: 0), connect(named: "connect-topics", topics: 10)]

  /// - Parameter topics: how many each stream follows, of ten times as many as there are streams.
  private static func connect(named name: String, topics: Int) -> Part {
    let following = topics > 0 ? ", with \(topics) topics" : ""
    return Part(
      name: name, title: "register a stream\(following), with its first bytes, and close it again, among 10000"
    ) {
      let (manager, _) = Samples.hub(connections: 10_000, topics: topics)
      let request = Samples.request(10_000, topics: topics)
      return { count in
        for _ in 0..<count {
          guard case .opened(let opening) = manager.createConnection(request, now: Samples.moment) else { continue }
          use(manager.streamEnded(opening.stream, reason: .clientClosed, now: Samples.moment))
          manager.release(opening.stream)
        }
      }
    }
  }
}
