import HubProtocol

/// Every user and named topic that the hub has something of, a connection, an event in history or a value, each under a
/// small number: a name is looked up once for each event, and everything after that is an index.
///
/// What has none of these any more is forgotten now and then, together with others, so that it costs next to nothing.
struct TopicTable {
  /// Names a topic as long as a connection follows it, or an event or a value of it is there.
  struct Number: Hashable, Sendable {
    /// All connections follow it; the table does not list them.
    static let everyone = Number(index: 0)

    fileprivate let index: UInt32
  }

  /// The connections that follow a topic, oldest first. Most users have one, which needs no array.
  private enum Streams {
    case none
    case one(StreamRef)
    case several([StreamRef])
  }

  private struct Entry {
    /// Nil where the number may be given to another.
    var topic: Topic?
    var streams = Streams.none
    /// Values that are held.
    var valueCount: UInt32 = 0
    /// The ordinal, in history, of the newest event that is for this topic by name; -1 for none.
    var newestEvent = -1
  }

  private static let spareTopics = 1024

  private var numbers: [Topic: Number] = [:]
  private var entries: ContiguousArray<Entry> = [Entry(topic: .everyone)]
  private var freeNumbers: [Number] = []
  /// Users with a connection.
  private(set) var connectedUsers = 0
  /// Named topics that a connection follows.
  private(set) var followedTopics = 0

  /// Those with a connection, an event in history or a value, and some that had one not long ago.
  var count: Int { numbers.count }

  func number(of topic: Topic) -> Number? { topic == .everyone ? .everyone : numbers[topic] }

  func topic(of number: Number) -> Topic {
    guard let topic = entries[Int(number.index)].topic else { preconditionFailure("the number is no topic's") }
    return topic
  }

  /// The topic's number, a new one where there is none yet.
  mutating func enter(_ topic: Topic) -> Number {
    if topic == .everyone { return .everyone }
    if let number = numbers[topic] { return number }
    let number: Number
    if let free = freeNumbers.popLast() {
      number = free
      entries[Int(free.index)] = Entry(topic: topic)
    } else {
      number = Number(index: UInt32(entries.count))
      entries.makeRoom()
      entries.append(Entry(topic: topic))
    }
    numbers[topic] = number
    return number
  }

  /// Takes note of a topic's newest event; returns the ordinal of the one before it, or -1.
  mutating func exchangeNewestEvent(of topic: Number, for ordinal: Int) -> Int {
    let before = entries[Int(topic.index)].newestEvent
    entries[Int(topic.index)].newestEvent = ordinal
    return before
  }

  func newestEvent(of topic: Number) -> Int { entries[Int(topic.index)].newestEvent }

  /// A value of the topic is held from now on, or no longer.
  mutating func countValue(of topic: Number, by change: Int) {
    entries[Int(topic.index)].valueCount = UInt32(Int(entries[Int(topic.index)].valueCount) + change)
  }

  /// Forgets what nobody follows and has no event in history and no value, if that has become much.
  ///
  /// - Parameters:
  ///   - events: How many events for users and topics by name history holds, counted once for each of them, and values.
  ///   - oldest: The ordinal of the oldest event in history.
  mutating func forgetIdle(events: Int, oldest: Int) {
    guard numbers.count > 2 * (connectedUsers + followedTopics + events) + Self.spareTopics else { return }
    for index in entries.indices.dropFirst() {
      let entry = entries[index]
      guard let topic = entry.topic, case .none = entry.streams, entry.newestEvent < oldest, entry.valueCount == 0
      else { continue }
      numbers[topic] = nil
      entries[index] = Entry()
      freeNumbers.append(Number(index: UInt32(index)))
    }
  }

  // MARK: - Connections

  func streamCount(of topic: Number) -> Int {
    switch entries[Int(topic.index)].streams {
    case .none: 0
    case .one: 1
    case .several(let streams): streams.count
    }
  }

  /// Calls `body` with each of the connections that follow a topic, oldest first; returns how many there are.
  @inline(__always) func forEachStream(of topic: Number, _ body: (StreamRef) -> Void) -> Int {
    switch entries[Int(topic.index)].streams {
    case .none: return 0
    case .one(let stream):
      body(stream)
      return 1
    case .several(let streams):
      for stream in streams { body(stream) }
      return streams.count
    }
  }

  /// Where they are many: all of them, without copying.
  func manyStreams(of topic: Number) -> [StreamRef]? {
    guard case .several(let streams) = entries[Int(topic.index)].streams else { return nil }
    return streams.count > Self.few ? streams : nil
  }

  /// Up to so many connections are told one by one.
  private static let few = 32

  /// The users with a connection, and how many each has.
  func countsByUser() -> [(user: UserID, connections: Int)] {
    entries.compactMap { entry in
      guard let user = entry.topic?.user else { return nil }
      switch entry.streams {
      case .none: return nil
      case .one: return (user, 1)
      case .several(let streams): return (user, streams.count)
      }
    }
  }

  /// The named topics of a pattern that a connection follows.
  func followed(in pattern: TopicPattern) -> [TopicName] {
    entries.compactMap { entry in
      if case .none = entry.streams { return nil }
      return entry.topic?.topicName.flatMap { pattern.matches($0) ? $0 : nil }
    }
  }

  mutating func add(_ stream: StreamRef, to topic: Number) {
    let index = Int(topic.index)
    switch entries[index].streams {
    case .none:
      entries[index].streams = .one(stream)
      countFollowed(entries[index].topic, by: 1)
    case .one(let first): entries[index].streams = .several([first, stream])
    case .several(var streams):
      entries[index].streams = .none  // so that the array is changed in place
      streams.append(stream)
      entries[index].streams = .several(streams)
    }
  }

  mutating func remove(_ stream: StreamRef, from topic: Number) {
    let index = Int(topic.index)
    switch entries[index].streams {
    case .none: return
    case .one:
      entries[index].streams = .none
      countFollowed(entries[index].topic, by: -1)
    case .several(var streams):
      entries[index].streams = .none
      if let place = streams.firstIndex(of: stream) { streams.remove(at: place) }
      entries[index].streams = streams.count == 1 ? .one(streams[0]) : .several(streams)
    }
  }

  private mutating func countFollowed(_ topic: Topic?, by change: Int) {
    if topic?.user != nil { connectedUsers += change } else { followedTopics += change }
  }
}
