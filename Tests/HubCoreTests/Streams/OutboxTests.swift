import HubProtocol
import Testing

@testable import HubCore

@Suite struct OutboxTests {
  @Test(arguments: WireForm.allCases)
  func whateverIsTakenAtATimeTheBytesComeInOrder(form: WireForm) {
    let frames = (0..<5).map { EventEncoder.frame(id: EventID(epoch: 7, sequence: $0), type: .message, data: [0x30]) }
    let whole = frames.flatMap { $0.bytes(as: form) }
    for step in 1...whole.count {
      var outbox = Outbox(form: form)
      for frame in frames { outbox.append(frame) }
      var written: [UInt8] = []
      while !outbox.isEmpty {
        #expect(outbox.bytes == whole.count - written.count)
        let taken = Array(next(outbox).prefix(step))
        written += taken
        outbox.wrote(taken.count)
      }
      #expect(written == whole)
      #expect(outbox.bytes == 0)
    }
  }

  @Test func aFrameThatWasBegunIsFinishedWhenTheRestIsDropped() {
    let frames = (0..<3).map { EventEncoder.frame(id: EventID(epoch: 7, sequence: $0), type: .message, data: [0x30]) }
    var outbox = Outbox(form: .chunked)
    for frame in frames { outbox.append(frame) }
    outbox.wrote(3)
    outbox.dropUnbegun(Loss(connection: ConnectionID(high: 0, low: 1), reason: .slowConsumer))
    outbox.append(.lastChunk)
    #expect(next(outbox) == Array(frames[0].bytes(as: .chunked)[3...]) + Array("0\r\n\r\n".utf8))
  }

  @Test func whatWasNotBegunIsDroppedWhole() {
    var outbox = Outbox(form: .chunked)
    outbox.append(EventEncoder.frame(id: EventID(epoch: 7, sequence: 1), type: .message, data: [0x30]))
    outbox.dropUnbegun(Loss(connection: ConnectionID(high: 0, low: 1), reason: .slowConsumer))
    #expect(outbox.isEmpty)
    #expect(outbox.bytes == 0)
  }

  @Test func aFrameThatTheSocketTookInPartIsContinued() {
    let frame = EventEncoder.frame(id: EventID(epoch: 7, sequence: 1), type: .message, data: [0x30])
    var outbox = Outbox(form: .chunked)
    outbox.append(frame, written: 10)
    #expect(next(outbox) == Array(frame.bytes(as: .chunked)[10...]))
    var none = Outbox(form: .chunked)
    none.append(frame, written: frame.count)
    #expect(none.isEmpty)
  }

  // MARK: - Values

  private func frame(_ sequence: UInt64, of value: String?) -> Frame {
    let key = value.map { ValueKey(.everyone, valueName($0)) }
    return EventEncoder.frame(
      id: EventID(epoch: 7, sequence: sequence), type: .message, data: Array("\(sequence)".utf8), value: key)
  }

  @Test func ofTheEventsOfAValueTheOldestAndTheNewestWait() {
    var outbox = Outbox(form: .plain)
    let frames = [(1, "a"), (2, nil), (3, "a"), (4, "b"), (5, "a"), (6, "a")].map { frame($0.0, of: $0.1) }
    for frame in frames {
      outbox.conflate(for: frame)
      outbox.append(frame)
    }
    #expect(
      String(decoding: next(outbox), as: UTF8.self)
        == [frames[0], frames[1], frames[3], frames[5]].map(\.text).joined())
    #expect(outbox.eventCount == 4)
    #expect(frames.map { $0.tally.snapshot.conflated } == [0, 0, 1, 0, 1, 0])
    #expect(frames.map { $0.tally.snapshot.waiting } == [1, 1, 0, 1, 0, 1])
  }

  @Test func whatWaitsElsewhereBeforeCountsAsTheOldest() {
    var outbox = Outbox(form: .plain)
    let (first, second) = (frame(1, of: "a"), frame(2, of: "a"))
    outbox.append(first)
    #expect(outbox.holds(second))
    let isOneLetGo = outbox.conflate(for: second, olderWaits: true)
    #expect(isOneLetGo)
    outbox.append(second)
    #expect(next(outbox) == second.bytes(as: .plain))
  }

  /// Appends, writes and drops by chance, against a list that is searched from its beginning.
  @Test(arguments: 1...40 as ClosedRange<UInt64>) func valuesWaitAsInANaiveList(seed: UInt64) {
    var random = SplitMix(state: seed)
    var outbox = Outbox(form: seed % 2 == 0 ? .chunked : .plain)
    var model: [(frame: Frame, value: String?)] = []
    var begun = 0
    for sequence in 1...600 as ClosedRange<UInt64> {
      let value = random.next(below: 4) == 0 ? nil : ["a", "b", "c"][random.next(below: 3)]
      let frame = frame(sequence, of: value)
      let same = model.indices.filter { value != nil && model[$0].value == value }
      if same.count > 1 { model.remove(at: same[1]) }
      outbox.conflate(for: frame)
      outbox.append(frame)
      model.append((frame, value))
      // Reads slowly, so that the queue is never far from full of values.
      if random.next(below: 3) == 0 {
        let taken = random.next(below: 60)
        let waiting = model.reduce(-begun) { $0 + $1.frame.wireSize(as: outbox.form) }
        begun += min(taken, waiting)
        outbox.wrote(min(taken, waiting))
        while let first = model.first, begun >= first.frame.wireSize(as: outbox.form) {
          begun -= first.frame.wireSize(as: outbox.form)
          model.removeFirst()
        }
      }
      let bytes = model.flatMap { $0.frame.bytes(as: outbox.form) }.dropFirst(begun)
      #expect(outbox.bytes == bytes.count && outbox.eventCount == model.count, "seed \(seed)")
      #expect(everything(in: outbox) == Array(bytes), "seed \(seed)")
    }
  }

  private func everything(in outbox: Outbox) -> [UInt8] {
    var bytes: [UInt8] = []
    outbox.forEachPart(atMost: .max) { bytes += $0 }
    return bytes
  }

  private func next(_ outbox: Outbox) -> [UInt8] {
    var bytes: [UInt8] = []
    outbox.forEachPart(atMost: 64) { bytes += $0 }
    return bytes
  }
}
