import HubCore
import HubProtocol

extension Part {
  static let publishParts =
    [0, 1, 100, 10_000].flatMap { [broadcast(to: $0), unicast(among: $0)] } + [16, 64].map(broadcast(over:))
    + [topic(among: 100), random(of: "users", Samples.userTarget), random(of: "topics", Samples.topicTarget)]

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

  /// To one of 100 topics, each of which one connection follows.
  private static func topic(among connections: Int) -> Part {
    Part(name: "topic-\(connections)", title: "publish to one topic of \(connections)") {
      let (manager, _) = Samples.hub(connections: connections, topics: 1)
      let targets = (0..<connections).map(Samples.topicTarget)
      return { count in
        for number in 0..<count {
          use(manager.publish(Samples.message, to: targets[number &* 7919 % targets.count], now: Samples.moment))
        }
      }
    }
  }

  /// To those whom history may or may not know, and whom no connection follows.
  private static func random(of kind: String, _ target: @escaping @Sendable (Int) -> Target) -> Part {
    Part(name: "random-\(kind)", title: "publish to one of 1000000 \(kind), by chance") {
      let (manager, _) = Samples.hub(connections: 0)
      let targets = (0..<1_000_000).map(target)
      return { count in
        for number in 0..<count {
          use(manager.publish(Samples.message, to: targets[number &* 7_919_111 % targets.count], now: Samples.moment))
        }
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
