import Dispatch
import Glibc
import HubCore
import Runtime
import Synchronization

/// An item to a shard's thread.
enum ShardItem: Sendable {
  case instruction(ShardInstruction)
  /// An accepted HTTP connection.
  case connection(CInt, SocketAddress)
  /// What an HTTP connection, by its token, asked for elsewhere.
  case httpFinding(UInt64, Finding)
  case httpListeners([HTTPListener])
  case report([StreamRef], ConnectionSurvey)
  case rulesChanged
  case publisher(CInt, Publisher, PublisherPlaces.Place)
  /// By the number of its place.
  case publisherGivesWay(UInt64)
  /// What a publisher, by its token, asked for elsewhere.
  case publisherFinding(UInt64, Finding)
  case publisherListener(CInt)
  /// For one of the publishers that listens.
  case heard(HeardEvent, ListenerRef)
  /// For one of the publishers that watches.
  indirect case noticed(PresenceNotice, WatcherRef)
  /// Accept nobody any more, and say so.
  case stopListening(DispatchSemaphore)
  case finishRequests
  case cutRequests
  case finishPublishers
  case ping(Ping)
  case stop

  /// About how many bytes the item keeps alive.
  var size: Int {
    switch self {
    case .instruction(.send(let frame, _)), .instruction(.multicast(let frame, _)), .instruction(.broadcast(let frame)):
      frame.count
    case .heard(let event, _): event.frame.count
    default: 0
    }
  }
}

/// What a shard knows of a stream.
struct StreamReport: Sendable {
  /// Milliseconds of the wall clock.
  let lastWrite: Int64
  let eventsSent: UInt64
  let bytesQueued: Int
  let eventsQueued: Int
  /// The sequence of the newest event that the socket took in whole; 0 for none.
  let lastWritten: UInt64
}

/// One thread with one epoll set, which owns its HTTP connections, streams and publishers. This is what others see of it.
final class Shard: StreamShard {
  let poller: Poller
  let mailbox: Mailbox<ShardItem>
  private let delivered = Atomic<UInt64>(0)
  private let published = Mutex(ShardFigures())
  private let held = Atomic(0)

  init() throws(SystemCallError) {
    let poller = try Poller()
    self.poller = poller
    mailbox = Mailbox(waking: poller)
  }

  func post(_ instruction: ShardInstruction) {
    let item = ShardItem.instruction(instruction)
    mailbox.post(item, size: item.size)
  }

  func post(_ event: HeardEvent, to listener: ListenerRef) {
    let item = ShardItem.heard(event, listener)
    mailbox.post(item, size: item.size)
  }

  func post(_ notice: PresenceNotice, to watcher: WatcherRef) { mailbox.post(.noticed(notice, watcher), size: 0) }

  func wake() { mailbox.wake() }

  func post(_ item: ShardItem) {
    mailbox.post(item)
    mailbox.wake()
  }

  var isOverloaded: Bool { mailbox.isOverloaded }
  var eventsDelivered: UInt64 { delivered.load(ordering: .relaxed) }

  func addDelivered(_ count: UInt64) { delivered.add(count, ordering: .relaxed) }

  /// The clients that it has or is about to get.
  var connections: Int { held.load(ordering: .relaxed) }

  /// Returns how many there are then.
  @discardableResult
  func addConnection() -> Int { held.add(1, ordering: .relaxed).newValue }

  func removeConnection() { held.subtract(1, ordering: .relaxed) }

  /// Called by the shard's thread when it has done something.
  func publish(_ figures: ShardFigures) { published.withLock { $0 = figures } }

  var figures: ShardFigures {
    var figures = published.withLock { $0 }
    (figures.maxItems, figures.maxItemBytes) = mailbox.most
    return figures
  }
}
