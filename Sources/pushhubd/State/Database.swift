import CSQLite
import Runtime

/// One connection to an SQLite database, for one thread at a time.
final class Database {
  struct Failure: Error, CustomStringConvertible {
    let code: CInt
    let description: String

    /// Whether the file is no database, or a damaged one.
    var isDamage: Bool { code & 0xFF == SQLITE_CORRUPT || code & 0xFF == SQLITE_NOTADB }
  }

  enum Value {
    case text(String)
    case integer(Int64?)
  }

  private let handle: OpaquePointer
  private let path: String
  private let file: FileIdentity?

  /// Whether its path still leads to the file.
  var isInPlace: Bool { file != nil && FileIdentity(path) == file }

  /// Opens a file, or makes one; what is committed is on disk when `run` returns.
  static func open(_ path: String) throws(Failure) -> Database {
    let database = try open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try database.run("PRAGMA journal_mode = WAL")
    try database.run("PRAGMA synchronous = FULL")
    return database
  }

  /// Opens a file that is another process's, and there.
  static func openToRead(_ path: String) throws(Failure) -> Database { try open(path, SQLITE_OPEN_READONLY) }

  private static func open(_ path: String, _ access: CInt) throws(Failure) -> Database {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle else {
      let failure = Failure(code: code, description: "\(path): \(String(cString: sqlite3_errstr(code)))")
      sqlite3_close_v2(handle)
      throw failure
    }
    sqlite3_busy_timeout(handle, 1000)
    return Database(handle: handle, path: path)
  }

  private init(handle: OpaquePointer, path: String) {
    self.handle = handle
    self.path = path
    file = FileIdentity(path)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs one statement with its parameters.
  ///
  /// - Parameter row: is called for each row of the result.
  func run(_ sql: String, _ parameters: [Value] = [], row: (Row) -> Void = { _ in }) throws(Failure) {
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
    defer { sqlite3_finalize(statement) }
    for (index, value) in parameters.enumerated() { try bind(value, at: CInt(index + 1), of: statement) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: row(Row(statement: statement))
      case SQLITE_DONE: return
      case let code: try check(code)
      }
    }
  }

  /// Runs statements as a whole: all of them count, or none.
  func transaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try run("BEGIN IMMEDIATE")
    do throws(Failure) {
      try body()
      try run("COMMIT")
    } catch {
      _ = try? run("ROLLBACK")  // where the failure has not done that already
      throw error
    }
  }

  private func bind(_ value: Value, at index: CInt, of statement: OpaquePointer?) throws(Failure) {
    switch value {
    case .integer(let number?): try check(sqlite3_bind_int64(statement, index, number))
    case .integer(nil): try check(sqlite3_bind_null(statement, index))
    case .text(let text):
      // SQLITE_TRANSIENT: the bytes are copied before the call returns.
      let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      try check(sqlite3_bind_text(statement, index, text, CInt(text.utf8.count), copied))
    }
  }

  private func check(_ code: CInt) throws(Failure) {
    guard code != SQLITE_OK else { return }
    throw Failure(code: code, description: String(cString: sqlite3_errmsg(handle)))
  }

  /// A row of a result, while its statement stands on it.
  struct Row {
    fileprivate let statement: OpaquePointer?

    func text(_ column: CInt) -> String {
      guard let bytes = sqlite3_column_text(statement, column) else { return "" }
      // Copied before the next step of the statement.
      return String(
        decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))), as: UTF8.self)
    }

    func integer(_ column: CInt) -> Int64? {
      sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }
  }
}
