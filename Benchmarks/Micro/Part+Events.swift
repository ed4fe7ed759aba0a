import HubCore
import HubProtocol

extension Part {
  static let eventParts = [
    Part(name: "encode", title: "encode an event") {
      { count in
        for sequence in 0..<count {
          let id = EventID(epoch: 1_765_368_000_000, sequence: UInt64(sequence) + 1)
          use(EventEncoder.frame(id: id, type: .message, data: Samples.json))
        }
      }
    },
    Part(name: "reply", title: "write the reply") {
      { count in
        var bytes: [UInt8] = []
        for sequence in 0..<count {
          let id = EventID(epoch: 1_765_368_000_000, sequence: UInt64(sequence) + 1)
          bytes.removeAll(keepingCapacity: true)
          Reply.published(id, sentCount: 1).append(to: &bytes)
        }
        use(bytes)
      }
    },
  ]
}
