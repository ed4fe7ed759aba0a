import HubProtocol

/// The current value of each name: the newest event that was published with `replace`, until another takes its place, one
/// with `clear` takes it back, or its `ttl` is over. Values outlive history.
struct LastValues {
  struct Limits: Sendable, Hashable {
    var maxValues = 10_000
    var maxBytes = 16 << 20

    /// Values are ordinary events then.
    var isOff: Bool { maxValues <= 0 || maxBytes <= 0 }
  }

  struct Value {
    let sequence: UInt64
    let key: ValueKey
    let topic: TopicTable.Number
    let frame: Frame
    /// Monotonic milliseconds; `Int64.max` never.
    let expiresAt: Int64
    /// Monotonic milliseconds.
    let acceptedAt: Int64
    let provenance: Provenance
    /// Bytes of memory, about.
    var size: Int { LastValues.size(of: frame) + provenance.size }
  }

  /// The sequences of one topic's values in their order, with those of values that are not held any more.
  private struct Order {
    var sequences: [UInt64] = []
    var held = 0
  }

  /// What a value takes beyond its frame's bytes, about: its places in the tables, its key and its tally.
  private static let overheadBytes = 384

  var limits: Limits
  private(set) var bytes = 0
  private var values: [UInt64: Value] = [:]
  private var newest: [ValueKey: UInt64] = [:]
  private var orders: [TopicTable.Number: Order] = [:]
  /// No value expires before.
  private var nextExpiry = Int64.max

  init(limits: Limits) { self.limits = limits }

  var count: Int { values.count }

  func count(of topic: TopicTable.Number) -> Int { orders[topic]?.held ?? 0 }

  subscript(sequence: UInt64) -> Value? { values[sequence] }

  static func size(of frame: Frame) -> Int { frame.count + overheadBytes }

  /// Whether there is room for a value with so much data. One that takes another's place always has it.
  func hasRoom(for key: ValueKey, dataBytes: Int) -> Bool {
    limits.isOff || newest[key] != nil
      || values.count < limits.maxValues && bytes + dataBytes + Self.overheadBytes <= limits.maxBytes
  }

  /// Holds a value, whose sequence is greater than all before, in place of the one before it.
  mutating func hold(_ value: Value, among topics: inout TopicTable) {
    remove(value.key, among: &topics)
    values[value.sequence] = value
    newest[value.key] = value.sequence
    orders[value.topic, default: Order()].sequences.append(value.sequence)
    orders[value.topic]?.held += 1
    bytes += value.size
    nextExpiry = min(nextExpiry, value.expiresAt)
    topics.countValue(of: value.topic, by: 1)
  }

  mutating func remove(_ key: ValueKey, among topics: inout TopicTable) {
    guard let sequence = newest.removeValue(forKey: key), let value = values.removeValue(forKey: sequence) else {
      return
    }
    bytes -= value.size
    topics.countValue(of: value.topic, by: -1)
    guard var order = orders.removeValue(forKey: value.topic) else { return }
    order.held -= 1
    guard order.held > 0 else { return }
    if order.sequences.count > 2 * order.held + 16 { order.sequences.removeAll { values[$0] == nil } }
    orders[value.topic] = order
  }

  mutating func removeAll(among topics: inout TopicTable) {
    for key in Array(newest.keys) { remove(key, among: &topics) }
  }

  /// The sequences of a topic's values after a position, the newest first.
  func sequences(of topic: TopicTable.Number, after position: UInt64) -> [UInt64] {
    var found: [UInt64] = []
    for sequence in (orders[topic]?.sequences ?? []).reversed() {
      guard sequence > position else { break }
      if values[sequence] != nil { found.append(sequence) }
    }
    return found
  }

  /// The sequences of all values after a position, the newest first.
  func sequences(after position: UInt64) -> [UInt64] { values.keys.filter { $0 > position }.sorted(by: >) }

  /// Lets go of what is over; nobody is told.
  mutating func evict(now: Int64, among topics: inout TopicTable) {
    guard nextExpiry <= now else { return }
    nextExpiry = .max
    for value in values.values {
      if value.expiresAt <= now {
        remove(value.key, among: &topics)
      } else {
        nextExpiry = min(nextExpiry, value.expiresAt)
      }
    }
  }
}
