import HubCore
import HubProtocol

extension Part {
  static let publishParts =
    [0, 1, 100, 10_000].flatMap { [broadcast(to: $0), unicast(among: $0)] } + [16, 64].map(broadcast(over:))

  /// The frame goes into each shard's mailbox once, however many streams there are.
  private static func broadcast(to connections: Int) -> Part {
    Part(name: "broadcast-\(connections)", title: "publish to all of \(connections) connections") {
      let (manager, _) = Samples.hub(connections: connections)
      return { count in
        for _ in 0..<count { use(manager.publish(Samples.message, to: .everyone, now: Samples.moment)) }
      }
    }
  }

  private static func broadcast(over shards: Int) -> Part {
    Part(name: "shards-\(shards)", title: "publish to all of 10000 connections on \(shards) shards") {
      let (manager, _) = Samples.hub(connections: 10_000, shards: shards)
      return { count in
        for _ in 0..<count { use(manager.publish(Samples.message, to: .everyone, now: Samples.moment)) }
      }
    }
  }

  private static func unicast(among connections: Int) -> Part {
    Part(name: "unicast-\(connections)", title: "publish to one user of \(connections)") {
      let (manager, _) = Samples.hub(connections: connections)
      let targets = (0..<max(1, connections)).map { Target.user(Samples.user($0)) }
      return { count in
        // A prime stride goes through the users in an order that no cache foresees.
        for number in 0..<count {
          use(manager.publish(Samples.message, to: targets[number &* 7919 % targets.count], now: Samples.moment))
        }
      }
    }
  }
}
