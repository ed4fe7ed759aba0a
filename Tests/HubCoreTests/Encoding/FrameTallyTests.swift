import HubProtocol
import Testing

@testable import HubCore

struct FrameTallyTests {
  private func frame(_ sequence: UInt64) -> Frame {
    EventEncoder.frame(id: EventID(epoch: 7, sequence: sequence), type: .message, data: [0x30])
  }

  private let loss = Loss(connection: ConnectionID(high: 0, low: 1), reason: .slowConsumer)

  private func counts(_ frame: Frame) -> [Int] {
    let snapshot = frame.tally.snapshot
    return [snapshot.items, snapshot.waiting, snapshot.written, snapshot.replayed]
  }

  @Test func aConnectionIsCountedInOnePlaceAtATime() {
    let frame = frame(1)
    frame.posted(items: 2)
    #expect(counts(frame) == [2, 0, 0, 0])
    frame.queued()
    frame.performed(written: 5)
    #expect(counts(frame) == [1, 1, 5, 0])
    frame.finished()
    frame.performed(written: 0)
    #expect(counts(frame) == [0, 0, 6, 0])
    frame.queued()
    frame.dropped(loss)
    frame.replayed()
    #expect(counts(frame) == [0, 0, 6, 1])
    #expect(frame.tally.snapshot.losses == [loss])
  }

  @Test func aShardMayBeDoneBeforeItsItemIsCounted() {
    let frame = frame(1)
    frame.performed(written: 1)
    frame.performed(written: 1)
    frame.posted(items: 3)
    #expect(counts(frame) == [1, 0, 2, 0])
  }

  @Test func theCountsHoldAsManyAsAProcessCanHaveConnections() {
    let frame = frame(1)
    let most = 1 << 20
    frame.posted(items: most)
    frame.performed(written: most)
    for _ in 0..<1000 { frame.queued() }
    #expect(counts(frame) == [most - 1, 1000, most, 0])
  }

  @Test func onlyTheFirstLossesAreNamed() {
    let frame = frame(1)
    let losses = (1...20).map { Loss(connection: ConnectionID(high: 0, low: $0), reason: .timeout) }
    for loss in losses { frame.missed(loss) }
    #expect(frame.tally.snapshot.losses == Array(losses.prefix(FrameTally.maxNamedLosses)))
  }

  @Test func whatIsJoinedIsCountedForEachOfItsEvents() {
    let events = [frame(1), SystemEvents.error(message: "x", status: 413), frame(2)]
    let joined = Frame.joining(events)
    #expect(joined.sequence == 2)
    var outbox = Outbox(form: .chunked)
    outbox.append(joined, written: 3)
    #expect(outbox.eventCount == 2)
    #expect(counts(events[0]) == [0, 1, 0, 0])
    #expect(counts(events[2]) == [0, 1, 0, 0])
    outbox.wrote(outbox.bytes)
    #expect(counts(events[0]) == [0, 0, 1, 0])
    #expect(outbox.lastFinished == 2)
  }

  @Test func anOutboxTellsReplaysFromWhatWasQueued() {
    let events = (1...4).map { frame($0) }
    var live = Outbox(form: .chunked)
    live.append(events[2])
    live.append(events[3])
    var outbox = Outbox(form: .chunked)
    outbox.appendReplayed(events[0])
    outbox.appendReplayed(events[1])
    outbox.append(contentsOf: live)
    #expect(events.map { counts($0)[1] } == [0, 0, 1, 1])
    outbox.wrote(events[0].count + events[1].count + events[2].count)
    #expect(events.map(counts) == [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]])
    #expect(outbox.lastFinished == 3)
    outbox.dropAll(loss)
    #expect(counts(events[3]) == [0, 0, 0, 0])
    #expect(events[3].tally.snapshot.losses == [loss])
  }

  @Test func aDroppedReplayIsNobodysLoss() {
    let events = (1...3).map { frame($0) }
    for isBegun in [false, true] {
      var outbox = Outbox(form: .chunked)
      for event in events { outbox.appendReplayed(event) }
      if isBegun { outbox.wrote(1) }
      outbox.dropUnbegun(loss)
      #expect(outbox.isEmpty == !isBegun)
      outbox.wrote(outbox.bytes)
    }
    #expect(events.map(counts) == [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]])
    #expect(events.allSatisfy { $0.tally.snapshot.losses == [] })
  }

  @Test func aFrameThatWasBegunIsNotLostWhenTheRestIs() {
    let events = (1...3).map { frame($0) }
    var outbox = Outbox(form: .chunked)
    for event in events { outbox.append(event) }
    outbox.wrote(1)
    outbox.dropUnbegun(loss)
    #expect(events.map { $0.tally.snapshot.losses.count } == [0, 1, 1])
    outbox.wrote(outbox.bytes)
    #expect(events.map(counts) == [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
  }

  @Test func theHubsOwnEventsAreNotCounted() {
    let beat = SystemEvents.heartbeat(position: EventID(epoch: 7, sequence: 3), now: Moment(wall: 0, monotonic: 0))
    var outbox = Outbox(form: .chunked)
    outbox.append(beat)
    outbox.wrote(outbox.bytes)
    beat.performed(written: 3)
    #expect(counts(beat) == [0, 0, 0, 0])
    #expect(outbox.lastFinished == 0)
  }
}
