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
      now: context.clock(), onDeparture: context.onDeparture)
    publishers = PublisherTable(poller: shard.poller, context: context.publishers)
  }

  func run() {
    var letters: [ShardLetter] = []
    while !isStopped {
      let hasLetters = shard.mailbox.exchange(&letters)
      if hasLetters {
        streams.now = clock()
        perform(letters)
        letters.removeAll(keepingCapacity: letters.count < 4096)
      }
      let events = shard.poller.wait(milliseconds: hasLetters ? 0 : -1)
      if !hasLetters { shard.mailbox.readerWoke() }
      handle(events)
      shard.addDelivered(streams.takeDelivered())
    }
    publishers.closeAll()
  }

  private func handle(_ events: Int) {
    guard events > 0 else { return }
    streams.now = clock()
    for index in 0..<events {
      guard let (token, interest) = shard.poller.event(at: index) else { continue }
      switch token & LoopToken.kindMask {
      case LoopToken.stream: streams.isReady(token, for: interest)
      case LoopToken.listener: publishers.accept(now: streams.now)
      default: publishers.isReady(token, for: interest, now: streams.now)
      }
    }
  }

  /// Events that follow one another and have the same destination go out together.
  private func perform(_ letters: [ShardLetter]) {
    var next = letters.startIndex
    while next < letters.endIndex {
      switch letters[next] {
      case .instruction(.broadcast(let first)):
        let frames = run(of: letters, from: next, first) { if case .broadcast(let frame) = $0 { frame } else { nil } }
        streams.broadcast(frames[...])
        next += frames.count
      case .instruction(.send(let first, let stream)):
        let frames = run(of: letters, from: next, first) {
          if case .send(let frame, stream) = $0 { frame } else { nil }
        }
        streams.send(frames[...], to: stream)
        next += frames.count
      case let letter:
        perform(letter)
        next += 1
      }
    }
  }

  /// The frame at `start` and those that follow it and may be joined with it.
  private func run(
    of letters: [ShardLetter], from start: Int, _ first: Frame, frame: (ShardInstruction) -> Frame?
  ) -> [Frame] {
    var frames = [first]
    var bytes = first.count
    for letter in letters[(start + 1)...] {
      guard case .instruction(let instruction) = letter, let frame = frame(instruction) else { break }
      bytes += frame.count
      guard bytes <= streams.maxJoinedBytes else { break }
      frames.append(frame)
    }
    return frames
  }

  private func perform(_ letter: ShardLetter) {
    switch letter {
    case .instruction(let instruction): perform(instruction)
    case .attach(let descriptor, let stream): streams.attach(descriptor, to: stream)
    case .abandon(let stream): streams.abandon(stream)
    case .report(let asked, let answer): answer(asked.map(streams.report))
    case .limits(let limits): streams.limits = limits
    case .publisher(let descriptor): publishers.adopt(descriptor, now: streams.now)
    case .publisherListener(let descriptor): publishers.listen(descriptor)
    case .stopListening: publishers.stopListening()
    case .ping(let answered): answered()
    case .stop: isStopped = true
    }
  }

  private func perform(_ instruction: ShardInstruction) {
    switch instruction {
    case .open(let opening): streams.open(opening)
    case .send(let frame, let stream): streams.send([frame], to: stream)
    case .broadcast(let frame): streams.broadcast([frame])
    case .beat(let frame, let slice, let slices): streams.beat(frame, slice: slice, of: slices)
    case .sweep(let moment):
      streams.now = moment
      streams.sweep()
    case .renew(let stream, let tokenExpiresAt): streams.renew(stream, tokenExpiresAt: tokenExpiresAt)
    case .close(let stream, let frame): streams.close(stream, with: frame)
    case .closeAll(let frames): streams.closeAll(with: frames)
    }
  }
}
