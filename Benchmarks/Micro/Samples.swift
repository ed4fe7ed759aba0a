import HubCore
import HubProtocol

/// What the parts work on.
enum Samples {
  static let moment = Moment(wall: 1_765_368_000_000, monotonic: 1_000_000)

  /// An event's data, 200 bytes of JSON as an application might send it.
  static let json: [UInt8] = {
    let start =
      #"{"id":48213,"title":"Your export is ready","level":"high","tags":["export","csv"],"size":1048576,"text":""#
    return Array(start.utf8) + Array(repeating: UInt8(ascii: "x"), count: 198 - start.utf8.count) + Array("\"}".utf8)
  }()

  static let message = Message(type: .message, data: json)

  /// A publisher's line for one user, with its end.
  static let line: [UInt8] = Array("PUSH user:u4711 message ".utf8) + json + [UInt8(ascii: "\n")]

  static func user(_ number: Int) -> UserID {
    guard let user = UserID("u\(number)") else { preconditionFailure("a short name is a user's id") }
    return user
  }

  static func topic(_ number: Int) -> TopicName {
    guard let topic = TopicName("t\(number)") else { preconditionFailure("a short name is a topic's") }
    return topic
  }

  static func userTarget(_ number: Int) -> Target { .user(user(number)) }
  static func topicTarget(_ number: Int) -> Target { .topic(.named(topic(number))) }

  /// - Parameter topics: how many of its own the stream follows.
  static func request(_ number: Int, resumingFrom id: LastEventID = .none, topics: Int = 0) -> ConnectionRequest {
    ConnectionRequest(
      id: ConnectionID(high: 1, low: UInt64(number)), user: user(number), lastEventID: id,
      topics: (0..<topics).map { topic(number * topics + $0) },
      tokenExpiresAt: moment.wall + 3_600_000, remoteAddress: RemoteAddress(host: "127.0.0.1", port: 50_000),
      userAgent: "a browser")
  }

  /// A manager with so many users, one connection each, and its first shard.
  ///
  /// - Parameter topics: how many of its own each stream follows.
  static func hub(
    connections: Int = 0, topics: Int = 0, history: Int = 10_000, shards count: Int = 1
  ) -> (manager: SSEManager, shard: QuietShard) {
    var options = HubOptions()
    options.maxConnections = connections + 1_000
    options.historyMaxEvents = history
    options.historyMaxBytes = 1 << 40
    let shard = QuietShard()
    let shards = [shard] + (1..<count).map { _ in QuietShard() }
    let manager = SSEManager(options: options, epoch: 1_765_368_000_000, shards: shards, now: moment)
    for number in 0..<connections { _ = manager.createConnection(request(number, topics: topics), now: moment) }
    return (manager, shard)
  }
}

/// Keeps the optimiser from leaving out what nobody reads.
@inline(never) func use<Value>(_ value: Value) {}
