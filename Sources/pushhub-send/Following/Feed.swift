/// What the hub is asked once and then goes on telling: events, or who is there.
///
/// It decides what to ask, what the answers mean and what is handed out; `FeedRun` connects, reads, writes, waits and runs
/// commands. It comes back over the next connection, and knows then what to ask for.
protocol Feed {
  /// The command, a whole line, for a new connection, or once more for the one that there is.
  var request: [UInt8] { get }
  /// Whether there is room for what the hub says next.
  var wantsInput: Bool { get }
  /// What is to be remembered over a restart of this program: all up to this event was handed out. Nil for nothing.
  var position: String? { get }
  /// For standard error; whoever shows them empties them.
  var problems: [String] { get set }

  /// - Parameter line: without its end.
  /// - Throws: what ends it all, after what waits has been handed out.
  mutating func received(_ line: [UInt8]) throws(Failure) -> FeedStep
  mutating func connectionEnded()

  /// What is to be handed out now; nil where nothing waits. The next comes after `delivered`.
  mutating func nextDelivery() -> Delivery?
  mutating func delivered()
}

/// What comes after a line.
enum FeedStep: Equatable {
  case goOn
  /// The hub does what it was asked for; `goOn` follows.
  case established
  /// The request is to be sent again over this connection.
  case askAgain
  /// This connection is of no more use; another may be, after a pause.
  case reconnect(String)
}

/// Something for standard output, and a command that is run behind it.
struct Delivery: Equatable {
  /// May be empty.
  var output: [UInt8]
  var command: EventCommand?
}

/// One run of what `--exec` names.
struct EventCommand: Equatable {
  /// For `sh -c`.
  var command: String
  var input: [UInt8]
  var id: String
  var type: String
  var target: String
}

extension Failure {
  /// - Parameter line: what came, without its end.
  static func notFromAHub(_ line: [UInt8]) -> Failure {
    let excerpt = String(decoding: line.prefix(80), as: UTF8.self)
    return Failure(.unavailable, "what listens on this socket does not answer as a hub does: \(excerpt)")
  }
}
