import HubProtocol

/// Everyone whom the hub has something of, a connection or an event in history, each under a small number: a name is
/// looked up once for each event, and everything after that is an index.
///
/// Who has neither any more is forgotten now and then, together with others, so that it costs next to nothing.
struct UserTable {
  /// Names a user as long as one of their connections, or an event for them in history, is there.
  struct Number: Hashable, Sendable {
    fileprivate let index: UInt32
  }

  /// A user's connections, oldest first. Most users have one, which needs no array.
  private enum Streams {
    case none
    case one(StreamRef)
    case several([StreamRef])
  }

  private struct Entry {
    /// Nil where the number may be given to another.
    var user: UserID?
    var streams = Streams.none
    /// The ordinal, in history, of the newest event that is for this user by name; -1 for none.
    var newestEvent = -1
  }

  private static let spareUsers = 1024

  private var numbers: [UserID: Number] = [:]
  private var entries: ContiguousArray<Entry> = []
  private var freeNumbers: [Number] = []
  /// Users with a connection.
  private(set) var connectedCount = 0

  /// Users with a connection or an event in history, and some who had one not long ago.
  var count: Int { numbers.count }

  func number(of user: UserID) -> Number? { numbers[user] }

  func name(of number: Number) -> UserID {
    guard let user = entries[Int(number.index)].user else { preconditionFailure("the number is nobody's") }
    return user
  }

  /// The user's number, a new one where there is none yet.
  mutating func enter(_ user: UserID) -> Number {
    if let number = numbers[user] { return number }
    let number: Number
    if let free = freeNumbers.popLast() {
      number = free
      entries[Int(free.index)] = Entry(user: user)
    } else {
      number = Number(index: UInt32(entries.count))
      entries.makeRoom()
      entries.append(Entry(user: user))
    }
    numbers[user] = number
    return number
  }

  /// Takes note of a user's newest event; returns the ordinal of the one before it, or -1.
  mutating func exchangeNewestEvent(of user: Number, for ordinal: Int) -> Int {
    let before = entries[Int(user.index)].newestEvent
    entries[Int(user.index)].newestEvent = ordinal
    return before
  }

  func newestEvent(of user: Number) -> Int { entries[Int(user.index)].newestEvent }

  /// Forgets who is not connected and has no event in history, if they have become many.
  ///
  /// - Parameters:
  ///   - events: How many events for somebody by name history holds, counted once for each of their users.
  ///   - oldest: The ordinal of the oldest event in history.
  mutating func forgetIdle(events: Int, oldest: Int) {
    guard numbers.count > 2 * (connectedCount + events) + Self.spareUsers else { return }
    for index in entries.indices {
      guard let user = entries[index].user, case .none = entries[index].streams, entries[index].newestEvent < oldest
      else { continue }
      numbers[user] = nil
      entries[index] = Entry()
      freeNumbers.append(Number(index: UInt32(index)))
    }
  }

  // MARK: - Connections

  func streamCount(of user: Number) -> Int {
    switch entries[Int(user.index)].streams {
    case .none: 0
    case .one: 1
    case .several(let streams): streams.count
    }
  }

  /// Calls `body` with each of the user's connections, oldest first; returns how many there are.
  @inline(__always) func forEachStream(of user: Number, _ body: (StreamRef) -> Void) -> Int {
    switch entries[Int(user.index)].streams {
    case .none: return 0
    case .one(let stream):
      body(stream)
      return 1
    case .several(let streams):
      for stream in streams { body(stream) }
      return streams.count
    }
  }

  /// The users with a connection, and how many each has.
  func countsByUser() -> [(user: UserID, connections: Int)] {
    entries.compactMap { entry in
      guard let user = entry.user else { return nil }
      switch entry.streams {
      case .none: return nil
      case .one: return (user, 1)
      case .several(let streams): return (user, streams.count)
      }
    }
  }

  mutating func add(_ stream: StreamRef, to user: Number) {
    let index = Int(user.index)
    switch entries[index].streams {
    case .none:
      entries[index].streams = .one(stream)
      connectedCount += 1
    case .one(let first): entries[index].streams = .several([first, stream])
    case .several(var streams):
      entries[index].streams = .none  // so that the array is changed in place
      streams.append(stream)
      entries[index].streams = .several(streams)
    }
  }

  mutating func remove(_ stream: StreamRef, from user: Number) {
    let index = Int(user.index)
    switch entries[index].streams {
    case .none: return
    case .one:
      entries[index].streams = .none
      connectedCount -= 1
    case .several(var streams):
      entries[index].streams = .none
      streams.removeAll { $0 == stream }
      entries[index].streams = streams.count == 1 ? .one(streams[0]) : .several(streams)
    }
  }
}
