import HubCore
import HubProtocol

extension Part {
  static let historyParts =
    [append(to: 0), append(to: 10_000), append(to: 1_000_000), replay(100), replay(10_000)]

  /// The difference to a history of 0 events is what keeping costs; a full one lets go of an event for each it takes.
  private static func append(to events: Int) -> Part {
    Part(name: "history-\(events)", title: "publish into a history of \(events) events, full") {
      let (manager, _) = Samples.hub(history: events)
      for _ in 0..<events { use(manager.publish(Samples.message, to: .everyone, now: Samples.moment)) }
      return { count in
        for _ in 0..<count { use(manager.publish(Samples.message, to: .everyone, now: Samples.moment)) }
      }
    }
  }

  /// Everything that a returning client missed, by batches.
  private static func replay(_ events: Int) -> Part {
    Part(name: "replay-\(events)", title: "look up a replay of \(events) events, for each event") {
      let (manager, shard) = Samples.hub()
      for _ in 0..<events { use(manager.publish(Samples.message, to: .everyone, now: Samples.moment)) }
      let before = LastEventID.position(EventID(epoch: 1_765_368_000_000, sequence: 0))
      _ = manager.createConnection(Samples.request(0, resumingFrom: before), now: Samples.moment)
      let first = shard.newestReplay
      return { count in
        for _ in 0..<(count + events - 1) / events {
          var cursor = first
          while let here = cursor {
            let batch = manager.nextReplayBatch(here, now: Samples.moment)
            cursor = batch.next
            use(batch)
          }
        }
      }
    }
  }
}
