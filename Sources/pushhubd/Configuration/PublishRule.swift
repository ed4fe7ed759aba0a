import HubCore
import HubProtocol

/// One line of `publish.allow`: what some publishers may do.
///
///     everyone all
///     user=deploy push to=* event=deploy.*
///     group=billing push close to=user:* event=invoice event=receipt
///     user=1001 stats
///
/// Words with blanks between: first who, then rights, then limits of those rights. No word has a comma in it, so that
/// rules can stand in a list with commas.
struct PublishRule: Sendable, Hashable {
  enum Who: Sendable, Hashable {
    case everyone
    case user(UInt32)
    case group(UInt32)
  }

  enum Right: String, Sendable, Hashable, CaseIterable { case push, close, subscribe, connections, stats, explain }

  let who: Who
  let rights: Set<Right>
  /// Whom PUSH, CLOSE, SUBSCRIBE and CONNECTIONS may be about; empty: anybody.
  let targets: [TargetPattern]
  /// Which types PUSH may have; empty: any.
  let events: [EventPattern]
  /// The rule as it was written, with one blank between words.
  let text: String

  func isFor(uid: UInt32, gids: [UInt32]) -> Bool {
    switch who {
    case .everyone: true
    case .user(let id): id == uid
    case .group(let id): gids.contains(id)
    }
  }

  /// Everyone may do everything.
  static let unrestricted = PublishRule(
    who: .everyone, rights: Set(Right.allCases), targets: [], events: [], text: "everyone all")
}

/// Whom a rule is about, as `to=` has it: `*` is the target of broadcasts; `user:42`, `user:app1-*` and `user:*` are
/// users, `topic:orders/*` named topics; `conn:*` is any connection.
enum TargetPattern: Sendable, Hashable {
  case everyone
  case users(NamePattern)
  case topics(NamePattern)
  case connections
}

/// Which event types a rule is about, as `event=` has it: `notice`, `deploy.*`.
typealias EventPattern = NamePattern

/// A name, or all names that begin so. Compared byte by byte.
struct NamePattern: Sendable, Hashable {
  let bytes: [UInt8]
  let isPrefix: Bool

  func matches(_ name: some ExactName) -> Bool {
    isPrefix ? name.text.utf8.starts(with: bytes) : name.text.utf8.elementsEqual(bytes)
  }

  /// A `*` at the end stands for any rest; `%XX` is the byte with that number, as in the line protocol.
  init(_ text: Substring) throws(ValueProblem) {
    isPrefix = text.last == "*"
    let name = isPrefix ? text.dropLast() : text
    guard !name.contains("*") else {
      throw ValueProblem(
        "\(quoted(text)) has a * in its middle: only one at the end stands for any rest; a * itself is %2A")
    }
    guard let bytes = name.utf8.span.percentDecodedBytes() else {
      throw ValueProblem("\(quoted(name)) has a % without two hexadecimal digits after it: write % itself as %25")
    }
    self.bytes = bytes
  }
}
