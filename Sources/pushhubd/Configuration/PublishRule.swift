import HubCore
import HubProtocol

/// One line of `publish.allow`: what some publishers may do.
///
///     everyone publish
///     user=deploy push to=* event=deploy.*
///     group=billing push close to=user:* event=invoice event=receipt
///     user=1001 stats listen
///
/// Words with blanks between: first who, then rights, then limits of those rights. No word has a comma in it, so that
/// rules can stand in a list with commas.
struct PublishRule: Sendable, Hashable {
  enum Who: Sendable, Hashable {
    case everyone
    case user(UInt32)
    case group(UInt32)
  }

  /// Named after the commands that need them; a command that takes back needs the right of the one that gives.
  struct Rights: OptionSet, Sendable, Hashable {
    static let push = Rights(rawValue: 1 << 0)
    static let close = Rights(rawValue: 1 << 1)
    static let subscribe = Rights(rawValue: 1 << 2)
    static let connections = Rights(rawValue: 1 << 3)
    static let stats = Rights(rawValue: 1 << 4)
    static let explain = Rights(rawValue: 1 << 5)
    /// Reading others' events.
    static let listen = Rights(rawValue: 1 << 6)
    /// Seeing who is there.
    static let watch = Rights(rawValue: 1 << 7)
    /// Taking users' rights: REVOKE, BLOCK and what undoes them.
    static let revoke = Rights(rawValue: 1 << 8)

    /// What a program needs that sends events.
    static let publish: Rights = [.push, .close, .subscribe, .connections, .stats, .explain]
    static let all: Rights = [.publish, .listen, .watch, .revoke]
    /// Those that are about nobody in particular.
    static let withoutTargets: Rights = [.stats, .explain]

    static let words: [(word: String, rights: Rights)] = [
      ("all", .all), ("publish", .publish), ("push", .push), ("close", .close), ("subscribe", .subscribe),
      ("connections", .connections), ("stats", .stats), ("explain", .explain), ("listen", .listen),
      ("watch", .watch), ("revoke", .revoke),
    ]

    let rawValue: UInt16
  }

  let who: Who
  let rights: Rights
  /// Whom the rights are about, but for those that are about nobody; empty: anybody.
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

  /// Where the operator says nothing else: who may open the socket may publish, and root may do the rest as well.
  static let standard = [
    PublishRule(who: .everyone, rights: .publish, targets: [], events: [], text: "everyone publish"),
    PublishRule(who: .user(0), rights: .all, targets: [], events: [], text: "user=root all"),
  ]
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

  /// Whether every name that begins so is one.
  func matchesAll(beginningWith text: String) -> Bool { isPrefix && text.utf8.starts(with: bytes) }

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
