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

  private let path: String
  /// Nil until it could be opened.
  private let database = Mutex<Database?>(nil)
  private let opened = Atomic(false)

  var isOpen: Bool { opened.load(ordering: .relaxed) }

  /// The store of a state directory: of the first that has one, as another may have been put before it; nil without any.
  init?(inOneOf directories: [String]) {
    guard let path = Self.path(inOneOf: directories) else { return nil }
    self.path = path
  }

  static func path(inOneOf directories: [String]) -> String? {
    let paths = directories.map { "\($0)/\(fileName)" }
    return paths.first { access($0, F_OK) == 0 } ?? paths.first
  }

  /// What was found when the store could be opened.
  struct Contents: Equatable {
    /// Those that have not expired.
    var standingTopics: [StandingTopic]
    /// Those that are not over.
    var revocations: [Revocation]
    /// What the operator should know.
    var problem: String?
  }

  /// Opens the store, if it is not open. A damaged file is put aside under another name, and a new one begun.
  ///
  /// - Parameter now: milliseconds of the wall clock.
  /// - Returns: what is in it, once.
  func open(now: Int64) throws(Database.Failure) -> Contents? {
    try database.withLock { database throws(Database.Failure) in
      guard database == nil else { return nil }
      var problem: String?
      let found: Database
      do throws(Database.Failure) {
        found = try Self.prepare(path)
      } catch {
        guard error.isDamage else { throw error }
        let aside = "\(path).damaged"
        for suffix in ["", "-wal", "-shm"] { rename(path + suffix, aside + suffix) }
        found = try Self.prepare(path)
        problem = "\(path) is damaged (\(error)); it is kept as \(aside), and a new one begun"
      }
      let topics = try Self.standingTopics(in: found, now: now)
      let revocations = try Self.revocations(in: found, now: now)
      database = found
      opened.store(true, ordering: .relaxed)
      return Contents(standingTopics: topics, revocations: revocations, problem: problem)
    }
  }

  private static func prepare(_ path: String) throws(Database.Failure) -> Database {
    makePrivate(path)
    let database = try Database.open(path)
    var problems: [String] = []
    try database.run("PRAGMA quick_check(1)") { problems.append($0.text(0)) }
    guard problems == ["ok"] else { throw Database.Failure(damage: problems.first ?? "no answer") }
    var layout: Int64 = 0
    try database.run("PRAGMA user_version") { layout = $0.integer(0) ?? 0 }
    guard layout <= Self.layout else {
      throw Database.Failure(misuse: "\(path) was written by a newer version (layout \(layout))")
    }
    try database.run(
      "CREATE TABLE IF NOT EXISTS standing_topics (user TEXT NOT NULL, topic TEXT NOT NULL, expires INTEGER, "
        + "PRIMARY KEY (user, topic)) WITHOUT ROWID")
    try database.run(
      "CREATE TABLE IF NOT EXISTS revocations (user TEXT NOT NULL PRIMARY KEY, issued_before INTEGER NOT NULL, "
        + "revoked_until INTEGER NOT NULL, blocked_until INTEGER NOT NULL) WITHOUT ROWID")
    try database.run("PRAGMA user_version = \(Self.layout)")
    return database
  }

  /// It says who is revoked. SQLite gives the files beside it the same mode.
  private static func makePrivate(_ path: String) {
    let file = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    fchmod(file, 0o600)
    close(file)
  }

  private static func standingTopics(
    in database: Database, now: Int64
  ) throws(Database.Failure) -> [StandingTopic] {
    try database.run("DELETE FROM standing_topics WHERE expires <= ?", [.integer(now)])
    var topics: [StandingTopic] = []
    try database.run("SELECT user, topic, expires FROM standing_topics") { row in
      guard let user = UserID(row.text(0)), let topic = TopicName(row.text(1)) else { return }
      topics.append(StandingTopic(user: user, topic: topic, expiresAt: row.integer(2)))
    }
    return topics
  }

  private static func revocations(in database: Database, now: Int64) throws(Database.Failure) -> [Revocation] {
    try database.run("DELETE FROM revocations WHERE revoked_until <= ?1 AND blocked_until <= ?1", [.integer(now)])
    return try selectRevocations(in: database)
  }

  /// What is kept of one user, for whoever looks beside the hub; nil where nothing is.
  static func revocation(of user: UserID, in path: String) throws(Database.Failure) -> Revocation? {
    try selectRevocations("WHERE user = ?", [.text(user.text)], in: try Database.openToRead(path)).first
  }

  private static func selectRevocations(
    _ condition: String = "", _ parameters: [Database.Value] = [], in database: Database
  ) throws(Database.Failure) -> [Revocation] {
    let columns = "user, issued_before, revoked_until, blocked_until"
    var revocations: [Revocation] = []
    try database.run("SELECT \(columns) FROM revocations \(condition)", parameters) { row in
      guard let user = UserID(row.text(0)), let issuedBefore = row.integer(1), let revokedUntil = row.integer(2),
        let blockedUntil = row.integer(3)
      else { return }
      revocations.append(
        Revocation(
          user: user, issuedBefore: UInt32(clamping: issuedBefore), revokedUntil: revokedUntil,
          blockedUntil: blockedUntil))
    }
    return revocations
  }

  /// Keeps what is taken from a user in the place of what was, or nothing where it is over.
  ///
  /// - Parameter now: milliseconds of the wall clock.
  func keep(_ revocation: Revocation, now: Int64) throws(Database.Failure) {
    try withOpen { database throws(Database.Failure) in
      guard !revocation.isOver(now: now) else {
        return try database.run("DELETE FROM revocations WHERE user = ?", [.text(revocation.user.text)])
      }
      try database.run(
        "INSERT OR REPLACE INTO revocations VALUES (?, ?, ?, ?)",
        [
          .text(revocation.user.text), .integer(Int64(revocation.issuedBefore)), .integer(revocation.revokedUntil),
          .integer(revocation.blockedUntil),
        ])
    }
  }

  /// - Parameter now: milliseconds of the wall clock.
  func add(_ topics: [StandingTopic], now: Int64) throws(Database.Failure) {
    try withOpen { database throws(Database.Failure) in
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
    try withOpen { database throws(Database.Failure) in
      try database.transaction { () throws(Database.Failure) in
        for topic in topics {
          try database.run(
            "DELETE FROM standing_topics WHERE user = ? AND topic = ?", [.text(user.text), .text(topic.text)])
        }
      }
    }
  }
}

extension StateStore {
  private func withOpen(_ body: (Database) throws(Database.Failure) -> Void) throws(Database.Failure) {
    try database.withLock { database throws(Database.Failure) in
      guard let database else { throw Database.Failure(misuse: "\(path) is not open") }
      // SQLite would go on writing into a file that no start finds again.
      guard database.isInPlace else {
        throw Database.Failure(misuse: "\(path) was removed or replaced while the hub runs: restart it")
      }
      try body(database)
    }
  }
}

extension Database.Failure {
  fileprivate init(damage: String) { self.init(code: SQLITE_CORRUPT, description: damage) }

  fileprivate init(misuse: String) { self.init(code: SQLITE_ERROR, description: misuse) }
}
