import DequeModule

/// The newest events, to be replayed to clients that return.
///
/// It answers from two indexes, one of the broadcasts and one of each user's events, so that a replay costs what it
/// replays. A position is whole if it is not below `floor`: one comparison, never a search.
struct History {
  struct Limits: Sendable, Hashable {
    var maxEvents = 10_000
    var maxBytes = 64 << 20
    /// Milliseconds.
    var maxAge: Int64 = 600_000

    var isOff: Bool { maxEvents <= 0 || maxBytes <= 0 || maxAge <= 0 }
  }

  enum Outcome: Hashable { case kept, notKept, tooLarge }

  /// What an entry takes beyond its frame's bytes, about: the entry, its places in the indexes, the object's header.
  private static let overheadBytes = 128
  static let maxBatchEvents = 128
  static let maxBatchBytes = 256 << 10

  private struct Entry {
    let sequence: UInt64
    /// Monotonic milliseconds.
    let acceptedAt: Int64
    let expiresAt: Int64
    let frame: Frame
    let audience: Target

    var size: Int { frame.count + History.overheadBytes }
  }

  var limits: Limits
  /// The sequence of the newest event that should be here and is not.
  private(set) var floor: UInt64 = 0
  private(set) var bytes = 0
  private var entries: Deque<Entry> = []
  /// The ordinal of the first entry; ordinals count all entries there ever were, and the indexes hold them.
  private var firstOrdinal = 0
  private var broadcasts: Deque<Int> = []
  private var ownEvents: [UserID: Deque<Int>] = [:]

  init(limits: Limits) { self.limits = limits }

  var count: Int { entries.count }

  /// Keeps an event, whose sequence is greater than all before, as long as the limits and its own `ttl` (seconds) say.
  mutating func append(_ frame: Frame, sequence: UInt64, for audience: Target, ttl: Int?, now: Int64) -> Outcome {
    if ttl == 0 { return .notKept }
    if case .connection = audience { return .notKept }
    guard !limits.isOff else {
      forgetAll(through: sequence)
      return .notKept
    }
    let expiresAt = ttl.map { now + Int64($0) * 1000 } ?? .max
    let entry = Entry(sequence: sequence, acceptedAt: now, expiresAt: expiresAt, frame: frame, audience: audience)
    guard entry.size <= limits.maxBytes else {
      forgetAll(through: sequence)
      return .tooLarge
    }
    index(audience, ordinal: firstOrdinal + entries.count)
    entries.append(entry)
    bytes += entry.size
    evict(now: now)
    return .kept
  }

  /// Lets go of what is too old or too much.
  mutating func evict(now: Int64) {
    while let oldest = entries.first {
      let isOver = entries.count > limits.maxEvents || bytes > limits.maxBytes
      guard isOver || oldest.acceptedAt + limits.maxAge <= now else { return }
      removeFirst()
    }
  }

  /// Whether all that came after the position is still here.
  func isWhole(after position: UInt64) -> Bool { position >= floor }

  /// The next part of what a replay owes.
  func batch(_ cursor: ReplayCursor, now: Int64) -> ReplayBatch {
    guard isWhole(after: cursor.position) else { return ReplayBatch(isTorn: true) }
    var batch = ReplayBatch()
    var bytes = 0
    var general = broadcasts[firstIndex(in: broadcasts, after: cursor.position)...]
    let own = ownEvents[cursor.user] ?? []
    var personal = own[firstIndex(in: own, after: cursor.position)...]
    while let ordinal = popEarlier(&general, &personal) {
      let entry = entries[ordinal - firstOrdinal]
      guard entry.sequence <= cursor.end else { break }
      guard entry.expiresAt > now else { continue }
      batch.frames.append(entry.frame)
      bytes += entry.frame.count
      if batch.frames.count == Self.maxBatchEvents || bytes >= Self.maxBatchBytes {
        batch.next = ReplayCursor(user: cursor.user, position: entry.sequence, end: cursor.end)
        break
      }
    }
    return batch
  }

  private func popEarlier(_ left: inout Deque<Int>.SubSequence, _ right: inout Deque<Int>.SubSequence) -> Int? {
    guard let first = left.first else { return right.popFirst() }
    guard let second = right.first, second < first else { return left.popFirst() }
    return right.popFirst()
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

  private mutating func index(_ audience: Target, ordinal: Int) {
    switch audience {
    case .everyone: broadcasts.append(ordinal)
    case .user(let user): ownEvents[user, default: []].append(ordinal)
    case .users(let users): for user in users { ownEvents[user, default: []].append(ordinal) }
    case .connection: break
    }
  }

  private mutating func removeFirst() {
    let entry = entries.removeFirst()
    firstOrdinal += 1
    bytes -= entry.size
    floor = entry.sequence
    switch entry.audience {
    case .everyone: broadcasts.removeFirst()
    case .user(let user): removeFirstOrdinal(of: user)
    case .users(let users): users.forEach { removeFirstOrdinal(of: $0) }
    case .connection: break
    }
  }

  private mutating func removeFirstOrdinal(of user: UserID) {
    ownEvents[user]?.removeFirst()
    if ownEvents[user]?.isEmpty == true { ownEvents[user] = nil }
  }

  private mutating func forgetAll(through sequence: UInt64) {
    firstOrdinal += entries.count
    entries = []
    broadcasts = []
    ownEvents = [:]
    bytes = 0
    floor = sequence
  }
}
