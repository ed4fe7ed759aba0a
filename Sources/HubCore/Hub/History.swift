import DequeModule
import HubProtocol

/// The newest events, to be replayed to clients that return.
///
/// It answers from two indexes, so that a replay costs what it replays: the list of the broadcasts, and for each user and
/// named topic the newest event (kept in `TopicTable`), from which each of theirs leads to the one before. A position is
/// whole if it is not below `floor`: one comparison, never a search.
///
/// Values are held elsewhere (`LastValues`); of the events that take one back, only the newest is here.
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
  /// What each topic of an event for several takes beyond the name's bytes, about: the link, and an entry in the table.
  private static let linkBytes = 96
  static let maxBatchEvents = 128
  static let maxBatchBytes = 256 << 10
  /// So many of the events that a replay owes are looked up at a time.
  private static let maxOwedItems = 1024

  /// One of the topics that an event is for, with the ordinal of the event before it in that topic's own list; -1 for
  /// none.
  struct Link {
    let topic: TopicTable.Number
    let before: Int
  }

  /// Whom an event is for.
  enum Audience {
    case everyone
    case one(Link)
    /// In the order of the event's target.
    case several([Link])

    /// How many topics it is for by name.
    var linkCount: Int {
      switch self {
      case .everyone: 0
      case .one: 1
      case .several(let links): links.count
      }
    }

    func before(for topic: TopicTable.Number) -> Int {
      switch self {
      case .everyone: -1
      case .one(let link): link.before
      case .several(let links): links.first { $0.topic == topic }?.before ?? -1
      }
    }
  }

  struct Entry {
    let sequence: UInt64
    /// Monotonic milliseconds.
    let acceptedAt: Int64
    let expiresAt: Int64
    /// Nil where a newer event of the same value has taken its place.
    fileprivate(set) var frame: Frame?
    let audience: Audience
    let provenance: Provenance
    /// Bytes of memory, about.
    fileprivate(set) var size: Int
  }

  var limits: Limits
  /// The sequence of the newest event that should be here and is not.
  private(set) var floor: UInt64 = 0
  private(set) var bytes = 0
  private(set) var entries: Deque<Entry> = []
  /// The ordinal of the first entry; ordinals count all entries there ever were, and the indexes hold them.
  private(set) var firstOrdinal = 0
  /// How many topics the events are for by name, each event's counted for itself.
  private(set) var linkCount = 0
  private var broadcasts: Deque<Int> = []
  /// The ordinal of the newest event here of a value.
  private var newestOfValue: [ValueKey: Int] = [:]
  /// Entries of which newer events took the place. They count for nothing but memory.
  private var withdrawnCount = 0
  /// So many more than events there may be of them.
  private static let spareEntries = 1024

  init(limits: Limits) { self.limits = limits }

  var count: Int { entries.count - withdrawnCount }
  /// Monotonic milliseconds; nil where nothing is kept.
  var oldestAcceptedAt: Int64? { entries.first?.acceptedAt }

  /// Keeps an event, whose sequence is greater than all before, as long as the limits and its own `ttl` (seconds) say.
  ///
  /// - Parameter takesPlaces: whether an event of a value takes the place of the one before.
  mutating func append(
    _ frame: Frame, sequence: UInt64, for addressees: Addressees, among topics: inout TopicTable, ttl: Int?,
    from provenance: Provenance, takesPlaces: Bool, now: Int64
  ) -> Outcome {
    if ttl == 0 { return .notKept }
    if case .stream = addressees { return .notKept }
    guard !limits.isOff else {
      forgetAll(through: sequence)
      return .notKept
    }
    let size = Self.size(of: frame, for: addressees, among: topics) + provenance.size
    guard size <= limits.maxBytes else {
      forgetAll(through: sequence)
      return .tooLarge
    }
    let ordinal = firstOrdinal + entries.count
    let audience = link(addressees, at: ordinal, &topics)
    if takesPlaces, let key = frame.value {
      withdraw(key)
      newestOfValue[key] = ordinal
    }
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
  private static func size(of frame: Frame, for addressees: Addressees, among table: TopicTable) -> Int {
    let size = frame.count + overheadBytes
    switch addressees {
    case .topic, .stream: return size
    case .users(let topics), .topics(let topics):
      return topics.reduce(size) { $0 + linkBytes + table.topic(of: $1).name.utf8.count }
    }
  }

  /// Lets go of an event of a value, as a newer one takes its place. The position stays whole.
  mutating func withdraw(_ key: ValueKey) {
    guard let ordinal = newestOfValue.removeValue(forKey: key) else { return }
    let index = ordinal - firstOrdinal
    let freed = entries[index].frame?.count ?? 0
    entries[index].frame = nil
    withdrawnCount += 1
    entries[index].size -= freed
    bytes -= freed
  }

  /// Lets go of what is too old or too much.
  mutating func evict(now: Int64) {
    while !entries.isEmpty {
      let isOver =
        count > limits.maxEvents || bytes > limits.maxBytes || withdrawnCount > limits.maxEvents + Self.spareEntries
      // Looked at in its place: a copy of the entry would cost more than all the rest.
      guard entries[0].frame == nil || isOver || entries[0].acceptedAt + limits.maxAge <= now else { return }
      removeFirst()
    }
  }

  /// Whether all that came after the position is still here.
  func isWhole(after position: UInt64) -> Bool { position >= floor }

  /// The next part of what a replay owes.
  func batch(_ cursor: ReplayCursor, _ values: LastValues, among topics: TopicTable, now: Int64) -> ReplayBatch {
    var cursor = cursor
    if let lostBefore = cursor.lostBefore, cursor.position <= lostBefore { cursor.lostBefore = max(lostBefore, floor) }
    guard isWhole(after: max(cursor.position, cursor.lostBefore ?? 0)) else { return ReplayBatch(isTorn: true) }
    let firstGeneral = cursor.scope == .values ? broadcasts.count : firstIndex(in: broadcasts, after: cursor.position)
    var general = broadcasts[firstGeneral...]
    var owed = cursor.owed ?? lookUp(&cursor, values, among: topics)
    var batch = ReplayBatch()
    var bytes = 0
    while batch.frames.count < Self.maxBatchEvents, bytes < Self.maxBatchBytes {
      if owed.isEmpty, cursor.isOwedCut { owed = lookUp(&cursor, values, among: topics) }
      guard let item = popEarlier(&general, &owed), item.sequence <= cursor.end else { return batch }
      cursor.position = item.sequence
      guard let frame = frame(of: item, values, for: cursor.topics, among: topics, now: now) else { continue }
      batch.frames.append(frame)
      bytes += frame.count
    }
    cursor.owed = owed
    batch.next = cursor
    return batch
  }

  /// Whether a replay owes anything at all.
  func holdsAny(for cursor: ReplayCursor, _ values: LastValues, among topics: TopicTable, now: Int64) -> Bool {
    var rest: ReplayCursor? = cursor
    while let cursor = rest {
      let batch = batch(cursor, values, among: topics, now: now)
      if !batch.frames.isEmpty { return true }
      rest = batch.next
    }
    return false
  }

  /// What is owed of the cursor's topics, and the values of everyone, the newest first; the oldest of it where it is much.
  private func lookUp(
    _ cursor: inout ReplayCursor, _ values: LastValues, among table: TopicTable
  ) -> [ReplayCursor.Item] {
    var items: [ReplayCursor.Item] = []
    for topic in [TopicTable.Number.everyone] + cursor.topics {
      items += values.sequences(of: topic, after: cursor.position).map { ReplayCursor.Item(sequence: $0, ordinal: nil) }
      if cursor.scope == .everything { appendEvents(of: topic, after: cursor.position, among: table, to: &items) }
    }
    items.removeAll { $0.sequence > cursor.end }
    items.sort { $0.sequence > $1.sequence }
    var previous: UInt64?
    items.removeAll { item in
      defer { previous = item.sequence }
      return item.sequence == previous
    }
    cursor.isOwedCut = items.count > Self.maxOwedItems
    return items.suffix(Self.maxOwedItems)
  }

  private func appendEvents(
    of topic: TopicTable.Number, after position: UInt64, among table: TopicTable, to items: inout [ReplayCursor.Item]
  ) {
    var ordinal = table.newestEvent(of: topic)
    while ordinal >= firstOrdinal {
      let entry = entries[ordinal - firstOrdinal]
      guard entry.sequence > position else { return }
      items.append(ReplayCursor.Item(sequence: entry.sequence, ordinal: ordinal))
      ordinal = entry.audience.before(for: topic)
    }
  }

  /// `general` begins with its oldest, `owed` ends with it.
  private func popEarlier(
    _ general: inout Deque<Int>.SubSequence, _ owed: inout [ReplayCursor.Item]
  ) -> ReplayCursor.Item? {
    guard let ordinal = general.first else { return owed.popLast() }
    let item = ReplayCursor.Item(sequence: entries[ordinal - firstOrdinal].sequence, ordinal: ordinal)
    if let other = owed.last, other.sequence < item.sequence { return owed.popLast() }
    general.removeFirst()
    return item
  }

  /// What a stream that follows these topics is sent; nil where it is over, or something newer has taken its place.
  private func frame(
    of item: ReplayCursor.Item, _ values: LastValues, for topics: [TopicTable.Number], among table: TopicTable,
    now: Int64
  ) -> Frame? {
    guard let ordinal = item.ordinal else {
      return values[item.sequence].flatMap { $0.expiresAt > now ? $0.frame : nil }
    }
    guard ordinal >= firstOrdinal else { return nil }
    let entry = entries[ordinal - firstOrdinal]
    guard entry.expiresAt > now, let frame = entry.frame else { return nil }
    // The first of the event's topics that the stream follows; the frame itself shows the first of all.
    guard case .several(let links) = entry.audience, let link = links.first(where: { topics.contains($0.topic) }),
      link.topic != links[0].topic, let name = table.topic(of: link.topic).topicName
    else { return frame }
    return frame.renamed(to: name)
  }

  /// Of the first event after a position; the end where there is none.
  func firstIndex(after position: UInt64) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].sequence > position { high = middle } else { low = middle + 1 }
    }
    return low
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

  private mutating func link(_ addressees: Addressees, at ordinal: Int, _ table: inout TopicTable) -> Audience {
    func link(_ topic: TopicTable.Number) -> Link {
      Link(topic: topic, before: table.exchangeNewestEvent(of: topic, for: ordinal))
    }
    switch addressees {
    case .topic(.everyone), .stream:
      broadcasts.append(ordinal)
      return .everyone
    case .topic(let topic): return .one(link(topic))
    case .users(let topics), .topics(let topics): return .several(topics.map(link))
    }
  }

  private mutating func removeFirst() {
    let entry = entries.removeFirst()
    firstOrdinal += 1
    bytes -= entry.size
    linkCount -= entry.audience.linkCount
    if entry.frame == nil { withdrawnCount -= 1 } else { floor = entry.sequence }
    if case .everyone = entry.audience { broadcasts.removeFirst() }
    if let key = entry.frame?.value { newestOfValue[key] = nil }
  }

  private mutating func forgetAll(through sequence: UInt64) {
    firstOrdinal += entries.count
    entries = []
    broadcasts = []
    newestOfValue = [:]
    withdrawnCount = 0
    linkCount = 0
    bytes = 0
    floor = sequence
  }
}
