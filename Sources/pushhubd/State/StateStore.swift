import CSQLite
import Glibc
import HubCore
import HubProtocol
import Synchronization

/// What publishers decided and a restart must not forget, in a file of the state directory: `state.sqlite`. What a call
/// has written is on disk when it returns, so that none is made on a shard's thread.
final class StateStore: Sendable {
  private static let layout: Int64 = 1
  static let fileName = "state.sqlite"

  private let database: Mutex<Database>

  private init(_ database: consuming sending Database) { self.database = Mutex(database) }

  /// Opens the store of a state directory: of the first that has one, as another may have been put before it. A damaged
  /// file is put aside under another name, and a new one begun.
  ///
  /// - Returns: nil where there is no directory, or none that can be used; and what the operator should know.
  static func open(inOneOf directories: [String]) -> (store: StateStore?, problem: String?) {
    let paths = directories.map { "\($0)/\(fileName)" }
    guard let path = paths.first(where: { access($0, F_OK) == 0 }) ?? paths.first else { return (nil, nil) }
    do throws(Database.Failure) {
      return (StateStore(try prepare(path)), nil)
    } catch {
      guard error.isDamage else { return (nil, unusable(error)) }
      let aside = "\(path).damaged"
      for suffix in ["", "-wal", "-shm"] { rename(path + suffix, aside + suffix) }
      do throws(Database.Failure) {
        return (
          StateStore(try prepare(path)), "\(path) is damaged (\(error)); it is kept as \(aside), and a new one begun"
        )
      } catch {
        return (nil, unusable(error))
      }
    }
  }

  private static func unusable(_ failure: Database.Failure) -> String {
    "\(failure): topics that users are given end with the process"
  }

  private static func prepare(_ path: String) throws(Database.Failure) -> Database {
    let database = try Database.open(path)
    var problems: [String] = []
    try database.run("PRAGMA quick_check(1)") { problems.append($0.text(0)) }
    guard problems == ["ok"] else { throw Database.Failure(damage: problems.first ?? "no answer") }
    var layout: Int64 = 0
    try database.run("PRAGMA user_version") { layout = $0.integer(0) ?? 0 }
    guard layout <= Self.layout else {
      throw Database.Failure(unknownLayout: "\(path) was written by a newer version (layout \(layout))")
    }
    try database.run(
      "CREATE TABLE IF NOT EXISTS standing_topics (user TEXT NOT NULL, topic TEXT NOT NULL, expires INTEGER, "
        + "PRIMARY KEY (user, topic)) WITHOUT ROWID")
    try database.run("PRAGMA user_version = \(Self.layout)")
    return database
  }

  /// Those that have not expired.
  ///
  /// - Parameter now: milliseconds of the wall clock.
  func standingTopics(now: Int64) throws(Database.Failure) -> [StandingTopic] {
    try database.withLock { database throws(Database.Failure) in
      try database.run("DELETE FROM standing_topics WHERE expires <= ?", [.integer(now)])
      var topics: [StandingTopic] = []
      try database.run("SELECT user, topic, expires FROM standing_topics") { row in
        guard let user = UserID(row.text(0)), let topic = TopicName(row.text(1)) else { return }
        topics.append(StandingTopic(user: user, topic: topic, expiresAt: row.integer(2)))
      }
      return topics
    }
  }

  /// - Parameter now: milliseconds of the wall clock.
  func add(_ topics: [StandingTopic], now: Int64) throws(Database.Failure) {
    try database.withLock { database throws(Database.Failure) in
      try database.transaction { () throws(Database.Failure) in
        try database.run("DELETE FROM standing_topics WHERE expires <= ?", [.integer(now)])
        for topic in topics {
          try database.run(
            "INSERT OR REPLACE INTO standing_topics VALUES (?, ?, ?)",
            [.text(topic.user.text), .text(topic.topic.text), .integer(topic.expiresAt)])
        }
      }
    }
  }

  func remove(_ topics: [TopicName], from user: UserID) throws(Database.Failure) {
    try database.withLock { database throws(Database.Failure) in
      try database.transaction { () throws(Database.Failure) in
        for topic in topics {
          try database.run(
            "DELETE FROM standing_topics WHERE user = ? AND topic = ?", [.text(user.text), .text(topic.text)])
        }
      }
    }
  }
}

extension Database.Failure {
  fileprivate init(damage: String) { self.init(code: SQLITE_CORRUPT, description: damage) }

  fileprivate init(unknownLayout: String) { self.init(code: SQLITE_ERROR, description: unknownLayout) }
}
