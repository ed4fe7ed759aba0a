import HubProtocol
import Testing

@testable import HubCore

@Suite struct OutboxTests {
  @Test(arguments: [true, false])
  func whateverIsTakenAtATimeTheBytesComeInOrder(isChunked: Bool) {
    let frames = (0..<5).map { EventEncoder.frame(id: EventID(epoch: 7, sequence: $0), type: .message, data: [0x30]) }
    let whole = frames.flatMap { $0.bytes(isChunked: isChunked) }
    for step in 1...whole.count {
      var outbox = Outbox(isChunked: isChunked)
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
    var outbox = Outbox(isChunked: true)
    for frame in frames { outbox.append(frame) }
    outbox.wrote(3)
    outbox.dropUnbegun(Loss(connection: ConnectionID(high: 0, low: 1), reason: .slowConsumer))
    outbox.append(.lastChunk)
    #expect(next(outbox) == Array(frames[0].bytes(isChunked: true)[3...]) + Array("0\r\n\r\n".utf8))
  }

  @Test func whatWasNotBegunIsDroppedWhole() {
    var outbox = Outbox(isChunked: true)
    outbox.append(EventEncoder.frame(id: EventID(epoch: 7, sequence: 1), type: .message, data: [0x30]))
    outbox.dropUnbegun(Loss(connection: ConnectionID(high: 0, low: 1), reason: .slowConsumer))
    #expect(outbox.isEmpty)
    #expect(outbox.bytes == 0)
  }

  @Test func aFrameThatTheSocketTookInPartIsContinued() {
    let frame = EventEncoder.frame(id: EventID(epoch: 7, sequence: 1), type: .message, data: [0x30])
    var outbox = Outbox(isChunked: true)
    outbox.append(frame, written: 10)
    #expect(next(outbox) == Array(frame.bytes(isChunked: true)[10...]))
    var none = Outbox(isChunked: true)
    none.append(frame, written: frame.count)
    #expect(none.isEmpty)
  }

  private func next(_ outbox: Outbox) -> [UInt8] {
    var bytes: [UInt8] = []
    outbox.forEachPart(atMost: 64) { bytes += $0 }
    return bytes
  }
}
