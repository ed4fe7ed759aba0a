package import HubProtocol
import Synchronization

/// A connection that did not get an event that had been queued for it.
package struct Loss: Sendable, Hashable {
  package let connection: ConnectionID
  package let reason: CloseReason

  package init(connection: ConnectionID, reason: CloseReason) {
    self.connection = connection
    self.reason = reason
  }
}

/// How far a published event has got: the shards add to it as they write, and `EXPLAIN` reads it.
///
/// Three counts of 21 bits share one word, so that one addition moves a connection from one to another, and no reader
/// sees it in both or in neither. No process can hold 2²¹ descriptors (the kernel's `nr_open` is half of that), and a
/// count that is taken from before it is added to borrows from bits that nobody reads.
struct FrameTally: ~Copyable, Sendable {
  /// More of those who lost it are counted, but not named.
  static let maxNamedLosses = 8

  struct Snapshot: Sendable, Hashable {
    /// Items with it that shards have not performed yet.
    var items = 0
    /// Connections in whose queue it stands.
    var waiting = 0
    /// Connections whose socket took all of it.
    var written = 0
    /// How often a socket took all of it as part of a replay.
    var replayed = 0
    /// Connections in whose queue a newer value took its place.
    var conflated = 0
    var losses: [Loss] = []
  }

  private static let countBits: UInt64 = 21
  private static let countMask: UInt64 = (1 << countBits) - 1
  private static let oneWaiting: UInt64 = 1 << countBits
  private static let oneItem: UInt64 = 1 << (2 * countBits)

  private let counts = Atomic<UInt64>(0)
  private let replays = Atomic<UInt32>(0)
  private let conflations = Atomic<UInt32>(0)
  private let losses = AtomicLazyReference<NamedLosses>()

  func addItems(_ count: Int) { add(UInt64(count) &* Self.oneItem) }

  func performed(written: Int) { add(UInt64(written) &- Self.oneItem) }

  func queued() { add(Self.oneWaiting) }

  func finished() { add(1 &- Self.oneWaiting) }

  func dropped() { add(0 &- Self.oneWaiting) }

  /// Counted there before it is taken from those that wait, so that a reader sees it in both rather than in neither.
  func conflated() {
    conflations.wrappingAdd(1, ordering: .releasing)
    dropped()
  }

  func replayed() { replays.wrappingAdd(1, ordering: .relaxed) }

  func name(_ loss: Loss) {
    let named = losses.load() ?? losses.storeIfNil(NamedLosses())
    named.append(loss)
  }

  var snapshot: Snapshot {
    let counts = counts.load(ordering: .relaxed)
    return Snapshot(
      items: Int(counts / Self.oneItem & Self.countMask), waiting: Int(counts / Self.oneWaiting & Self.countMask),
      written: Int(counts & Self.countMask), replayed: Int(replays.load(ordering: .relaxed)),
      conflated: Int(conflations.load(ordering: .acquiring)), losses: losses.load()?.all ?? [])
  }

  private func add(_ change: UInt64) { counts.wrappingAdd(change, ordering: .relaxed) }

  /// Exists only where somebody lost the event.
  private final class NamedLosses: Sendable {
    private let list = Mutex<[Loss]>([])

    var all: [Loss] { list.withLock { $0 } }

    func append(_ loss: Loss) {
      list.withLock { if $0.count < maxNamedLosses { $0.append(loss) } }
    }
  }
}

/// What happens to an event on its way. For a frame that was joined of several it happens to each, for one under another
/// topic to the original; for the hub's own events nothing is counted.
extension Frame {
  /// The hub has posted it to the shards in so many items.
  func posted(items: Int) { tally.addItems(items) }

  /// A shard has performed an item with it: so many sockets took all of it at once, and it stands in the queues of
  /// those that could not. Whoever is missing then had gone before.
  package func performed(written: Int) {
    forEachPublished { $0.tally.performed(written: written) }
  }

  /// Why a connection did not get it; counted by who calls `performed` or by the connection's queue.
  package func missed(_ loss: Loss) {
    forEachPublished { $0.tally.name(loss) }
  }

  /// It stands in a connection's queue.
  func queued() { forEachPublished { $0.tally.queued() } }

  /// The socket took all of what stood in the queue.
  func finished() { forEachPublished { $0.tally.finished() } }

  /// It will not be written any more.
  func dropped(_ loss: Loss) {
    forEachPublished {
      $0.tally.dropped()
      $0.tally.name(loss)
    }
  }

  /// A newer value takes its place in a queue.
  func conflated() { forEachPublished { $0.tally.conflated() } }

  /// The socket took all of it in a replay.
  func replayed() { forEachPublished { $0.tally.replayed() } }

  /// The published events in it.
  package func forEachPublished(_ body: (Frame) -> Void) {
    guard sequence > 0 else { return }
    if parts.isEmpty { body(original ?? self) } else { for part in parts { part.forEachPublished(body) } }
  }
}
