import Glibc
import HubCore

/// What a shard's thread does: the letters in order, then what the sockets say, then sleep.
///
/// Made and used on that thread alone.
final class ShardLoop {
  /// What every shard of a hub is given.
  struct Context: Sendable {
    let manager: SSEManager
    let clock: @Sendable () -> Moment
    let limits: StreamTable.Limits
    let onDeparture: @Sendable (Departure) -> Void
    let publishers: PublisherTable.Context
  }

  private let shard: Shard
  private let streams: StreamTable
  private let publishers: PublisherTable
  private let clock: @Sendable () -> Moment
  private var isStopped = false

  init(_ shard: Shard, index: Int, of count: Int, context: Context) {
    self.shard = shard
    clock = context.clock
    streams = StreamTable(
      shardIndex: index, of: count, limits: context.limits, poller: shard.poller, manager: context.manager,
      now: context.clock(), readClock: context.clock, onDeparture: context.onDeparture)
    publishers = PublisherTable(poller: shard.poller, context: context.publishers) { shard.post($0) }
  }

  func run() {
    var letters: [ShardLetter] = []
    while !isStopped {
      let hasLetters = shard.mailbox.exchange(&letters)
      if hasLetters {
        streams.now = clock()
        streams.perform(letters[...], other: perform)
        streams.settleLatency()
        letters.removeAll(keepingCapacity: letters.count < 4096)
      }
      let events = shard.poller.wait(milliseconds: hasLetters || publishers.hasUnfinished ? 0 : patience)
      if !hasLetters { shard.mailbox.readerWoke() }
      streams.now = clock()
      publishers.continueUnfinished(now: streams.now)
      handle(events)
      if publishers.isOutOfDescriptors { publishers.accept(now: streams.now) }
      streams.settleLatency()
      shard.publish(streams.figures)
      shard.addDelivered(streams.takeDelivered())
    }
    publishers.closeAll()
  }

  /// Without a descriptor to accept publishers with, the loop looks again from time to time.
  private var patience: CInt { publishers.isOutOfDescriptors ? 200 : -1 }

  private func handle(_ events: Int) {
    for index in 0..<events {
      guard let (token, interest) = shard.poller.event(at: index) else { continue }
      switch token & LoopToken.kindMask {
      case LoopToken.stream: streams.isReady(token, for: interest)
      case LoopToken.listener:
        if interest.isDisjoint(with: [.failed, .peerClosed]) {
          publishers.accept(now: streams.now)
        } else {
          publishers.listenerEnded()
        }
      default: publishers.isReady(token, now: streams.now)
      }
    }
  }

  private func perform(_ letter: ShardLetter) {
    switch letter {
    case .instruction(let instruction): streams.perform(instruction)
    case .attach(let descriptor, let stream): streams.attach(descriptor, to: stream)
    case .abandon(let stream): streams.abandon(stream)
    case .report(let asked, let answer): answer(asked.map(streams.report))
    case .limits(let limits): streams.limits = limits
    case .publisher(let descriptor, let publisher, let place): publishers.adopt(descriptor, publisher, place)
    case .publisherGivesWay(let number): publishers.giveWay(number, now: streams.now)
    case .publisherAnswer(let token, let reply): publishers.answer(token, reply, now: streams.now)
    case .publisherListener(let descriptor): publishers.listen(descriptor, now: streams.now)
    case .stopListening: publishers.stopListening()
    case .finishPublishers: publishers.finish(now: streams.now)
    case .ping(let answered): answered()
    case .stop: isStopped = true
    }
  }
}
