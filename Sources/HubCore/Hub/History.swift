import DequeModule
import HubProtocol

/// The newest events, to be replayed to clients that return.
///
/// It answers from two indexes, so that a replay costs what it replays: the list of the broadcasts, and for each user the
/// newest event (kept in `UserTable`), from which each of theirs leads to the one before. A position is whole if it is not below `floor`: one
/// comparison, never a search.
struct History {
  struct Limits: Sendable, Hashable {
    var maxEvents = 10_000
    var maxBytes = 64 << 20
    /// Milliseconds.
    var maxAge: Int64 = 600_000

    var isOff: Bool { maxEvents <= 0 || maxBytes <= 0 || maxAge <= 0 }
  }

  enum Outcome: Hashable { case kept, notKept, tooLarge }

  /// What an entry takes beyond its frame's bytes, about: the entry, its places in the indexes, the object's header and
  /// its tally.
  private static let overheadBytes = 256
  /// What each user of an event for several takes beyond the id's bytes, about: the link, and an entry in the table.
  private static let linkBytes = 96
  static let maxBatchEvents = 128
  static let maxBatchBytes = 256 << 10

  /// Whom an event is for, each user with the ordinal of the event before it in that user's own list; -1 for none.
  enum Audience {
    case everyone
    case one(UserTable.Number, before: Int)
    case several([(user: UserTable.Number, before: Int)])

    /// How many users it is for by name.
    var linkCount: Int {
      switch self {
      case .everyone: 0
      case .one: 1
      case .several(let links): links.count
      }
    }

    func before(for user: UserTable.Number) -> Int {
      switch self {
      case .everyone: -1
      case .one(_, let before): before
      case .several(let links): links.first { $0.user == user }?.before ?? -1
      }
    }
  }

  struct Entry {
    let sequence: UInt64
    /// Monotonic milliseconds.
    let acceptedAt: Int64
    let expiresAt: Int64
    let frame: Frame
    let audience: Audience
    let provenance: Provenance
    /// Bytes of memory, about.
    let size: Int
  }

  var limits: Limits
  /// The sequence of the newest event that should be here and is not.
  private(set) var floor: UInt64 = 0
  private(set) var bytes = 0
  private(set) var entries: Deque<Entry> = []
  /// The ordinal of the first entry; ordinals count all entries there ever were, and the indexes hold them.
  private(set) var firstOrdinal = 0
  /// How many users the events are for by name, each event's counted for itself.
  private(set) var linkCount = 0
  private var broadcasts: Deque<Int> = []

  init(limits: Limits) { self.limits = limits }

  var count: Int { entries.count }
  /// Monotonic milliseconds; nil where nothing is kept.
  var oldestAcceptedAt: Int64? { entries.first?.acceptedAt }

  /// Keeps an event, whose sequence is greater than all before, as long as the limits and its own `ttl` (seconds) say.
  mutating func append(
    _ frame: Frame, sequence: UInt64, for addressees: Addressees, among users: inout UserTable, ttl: Int?,
    from provenance: Provenance, now: Int64
  ) -> Outcome {
    if ttl == 0 { return .notKept }
    if case .stream = addressees { return .notKept }
    guard !limits.isOff else {
      forgetAll(through: sequence)
      return .notKept
    }
    let size = Self.size(of: frame, for: addressees, among: users) + provenance.size
    guard size <= limits.maxBytes else {
      forgetAll(through: sequence)
      return .tooLarge
    }
    let audience = link(addressees, at: firstOrdinal + entries.count, &users)
    entries.append(
      Entry(
        sequence: sequence, acceptedAt: now, expiresAt: ttl.map { now + Int64($0) * 1000 } ?? .max, frame: frame,
        audience: audience, provenance: provenance, size: size))
    bytes += size
    linkCount += audience.linkCount
    evict(now: now)
    return .kept
  }

  /// A small event for a hundred thousand users takes much more than its frame.
  private static func size(of frame: Frame, for addressees: Addressees, among table: UserTable) -> Int {
    let size = frame.count + overheadBytes
    guard case .users(let users) = addressees else { return size }
    return users.reduce(size) { $0 + linkBytes + table.name(of: $1).text.utf8.count }
  }

  /// Lets go of what is too old or too much.
  mutating func evict(now: Int64) {
    while !entries.isEmpty {
      let isOver = entries.count > limits.maxEvents || bytes > limits.maxBytes
      guard isOver || entries[0].acceptedAt + limits.maxAge <= now else { return }
      removeFirst()
    }
  }

  /// Whether all that came after the position is still here.
  func isWhole(after position: UInt64) -> Bool { position >= floor }

  /// The next part of what a replay owes.
  func batch(_ cursor: ReplayCursor, among users: UserTable, now: Int64) -> ReplayBatch {
    guard isWhole(after: cursor.position) else { return ReplayBatch(isTorn: true) }
    var batch = ReplayBatch()
    var bytes = 0
    var general = broadcasts[firstIndex(in: broadcasts, after: cursor.position)...]
    var own = cursor.own ?? ownOrdinals(of: cursor.user, among: users, after: cursor.position)
    while let ordinal = popEarlier(&general, &own) {
      let entry = entries[ordinal - firstOrdinal]
      guard entry.sequence <= cursor.end else { break }
      guard entry.expiresAt > now else { continue }
      batch.frames.append(entry.frame)
      bytes += entry.frame.count
      if batch.frames.count == Self.maxBatchEvents || bytes >= Self.maxBatchBytes {
        batch.next = ReplayCursor(user: cursor.user, position: entry.sequence, end: cursor.end, own: own)
        break
      }
    }
    return batch
  }

  /// The user's own events after a position, the newest first.
  private func ownOrdinals(of user: UserID, among users: UserTable, after position: UInt64) -> [Int] {
    guard let user = users.number(of: user) else { return [] }
    var ordinals: [Int] = []
    var ordinal = users.newestEvent(of: user)
    while ordinal >= firstOrdinal {
      let entry = entries[ordinal - firstOrdinal]
      guard entry.sequence > position else { break }
      ordinals.append(ordinal)
      ordinal = entry.audience.before(for: user)
    }
    return ordinals
  }

  /// `general` begins with its oldest, `own` ends with it.
  private func popEarlier(_ general: inout Deque<Int>.SubSequence, _ own: inout [Int]) -> Int? {
    guard let first = general.first else { return own.popLast() }
    guard let second = own.last, second < first else { return general.popFirst() }
    return own.popLast()
  }

  private func firstIndex(in ordinals: Deque<Int>, after position: UInt64) -> Int {
    var low = 0
    var high = ordinals.count
    while low < high {
      let middle = (low + high) / 2
      if entries[ordinals[middle] - firstOrdinal].sequence > position { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private mutating func link(_ addressees: Addressees, at ordinal: Int, _ table: inout UserTable) -> Audience {
    switch addressees {
    case .user(let user): return .one(user, before: table.exchangeNewestEvent(of: user, for: ordinal))
    case .users(let users): return .several(users.map { ($0, table.exchangeNewestEvent(of: $0, for: ordinal)) })
    case .everyone, .stream:
      broadcasts.append(ordinal)
      return .everyone
    }
  }

  private mutating func removeFirst() {
    let entry = entries.removeFirst()
    firstOrdinal += 1
    bytes -= entry.size
    linkCount -= entry.audience.linkCount
    floor = entry.sequence
    if case .everyone = entry.audience { broadcasts.removeFirst() }
  }

  private mutating func forgetAll(through sequence: UInt64) {
    firstOrdinal += entries.count
    entries = []
    broadcasts = []
    linkCount = 0
    bytes = 0
    floor = sequence
  }
}
