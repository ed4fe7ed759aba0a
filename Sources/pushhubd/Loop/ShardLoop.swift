import Dispatch
import Glibc
import HubCore
import Runtime

/// What a shard's thread does: the items in order, then what the sockets say, then sleep.
///
/// Made and used on that thread alone.
final class ShardLoop {
  /// So often at most it empties its mailbox before it looks at the sockets again.
  private static let maxRounds = 4

  private let shard: Shard
  private let streams: StreamTable
  private let publishers: PublisherTable
  private let http: HTTPTable
  private var items: [ShardItem] = []
  private var isStopped = false

  init(_ shard: Shard, index: Int, hub: Hub) {
    self.shard = shard
    streams = StreamTable(hub, shard, index: index, now: SystemClock.now())
    publishers = PublisherTable(hub, shard)
    http = HTTPTable(hub, shard, index: index)
  }

  func run() {
    while !isStopped {
      let hasMoreItems = performItems()
      let events = shard.poller.wait(milliseconds: hasMoreItems ? 0 : patience)
      if !hasMoreItems { shard.mailbox.readerWoke() }
      streams.now = SystemClock.now()
      publishers.continueUnfinished(now: streams.now)
      handle(events)
      if publishers.isOutOfDescriptors { publishers.accept(now: streams.now) }
      http.work(now: streams.now)
      streams.settleLatency()
      shard.publish(streams.figures)
      shard.addDelivered(streams.takeDelivered())
    }
    http.closeAll()
    publishers.closeAll()
  }

  /// Returns whether there may be more of them; where not, the loop is taken for asleep from now on.
  private func performItems() -> Bool {
    for _ in 0..<Self.maxRounds {
      guard shard.mailbox.exchange(&items) else { return false }
      streams.now = SystemClock.now()
      streams.perform(items[...], other: perform)
      publishers.deliver(now: streams.now)
      streams.settleLatency()
      items.removeAll(keepingCapacity: items.count < 4096)
    }
    return true
  }

  /// How many milliseconds it may sleep; -1 without end.
  private var patience: CInt {
    if publishers.hasUnfinished || http.hasWork { return 0 }
    let patience = http.patience()
    // Without a descriptor to accept publishers with, it looks again from time to time.
    guard publishers.isOutOfDescriptors else { return CInt(clamping: patience) }
    return CInt(clamping: patience < 0 ? 200 : min(patience, 200))
  }

  private func handle(_ events: Int) {
    for index in 0..<events {
      guard let (token, interest) = shard.poller.event(at: index) else { continue }
      switch token & LoopToken.kindMask {
      case LoopToken.stream: streams.isReady(token, for: interest)
      case LoopToken.http: http.isReady(token, for: interest)
      case LoopToken.httpListener: http.listenerIsReady(token)
      case LoopToken.publisherListener:
        if interest.isDisjoint(with: [.failed, .peerClosed]) {
          publishers.accept(now: streams.now)
        } else {
          publishers.listenerEnded()
        }
      default: publishers.isReady(token, now: streams.now)
      }
    }
  }

  private func perform(_ item: ShardItem) {
    switch item {
    case .instruction(let instruction): streams.perform(instruction)
    case .connection(let descriptor, let address): http.adopt(descriptor, address, now: streams.now)
    case .httpFinding(let token, let finding): http.tell(token, finding, now: streams.now)
    case .httpListeners(let listeners): http.listen(on: listeners)
    case .report(let asked, let survey): survey.add(asked.map(streams.report), on: asked)
    case .rulesChanged:
      streams.followRules()
      publishers.followRules(now: streams.now)
    case .publisher(let descriptor, let publisher, let place): publishers.adopt(descriptor, publisher, place)
    case .publisherGivesWay(let number): publishers.giveWay(number, now: streams.now)
    case .publisherFinding(let token, let finding): publishers.tell(token, finding, now: streams.now)
    case .heard(let event, let listener): publishers.hear(event, for: listener)
    case .noticed(let notice, let watcher): publishers.hear(notice, for: watcher)
    case .publisherListener(let descriptor): publishers.listen(descriptor, now: streams.now)
    case .stopListening(let done):
      http.stopListening()
      publishers.stopListening()
      done.signal()
    case .finishRequests: http.finish(now: streams.now)
    case .cutRequests: http.closeAll()
    case .finishPublishers: publishers.finish(now: streams.now)
    case .ping(let ping): ping.answer()
    case .stop: isStopped = true
    }
  }
}
