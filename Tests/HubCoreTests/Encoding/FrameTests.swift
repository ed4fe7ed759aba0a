import HubCore
import HubProtocol
import Testing

struct FrameTests {
  @Test(arguments: [1, 2, 9, 15, 16, 17, 255, 256, 257, 4095, 4096, 65_535, 65_536, 1_048_576])
  func isOneChunkOfItsPayload(size: Int) throws {
    let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let frame = Frame(payloadCount: size) { $0.append(payload.span) }
    let bytes = frame.withUnsafeBytes { Array($0) }
    #expect(bytes.count == frame.count)
    #expect(try #require(chunks(bytes)) == [payload])
    #expect(Array(bytes[frame.payloadRange]) == payload)
    #expect(frame.bytes(as: .chunked) == bytes)
    #expect(frame.bytes(as: .plain) == payload)
    #expect(frame.eventCount == 1)
  }

  @Test func withoutPayloadHasNoChunkThatWouldEndTheResponse() {
    for frame in [Frame(payloadCount: 0) { _ in }, Frame.joining([])] {
      #expect(frame.count == 0)
      #expect(frame.bytes(as: .chunked).isEmpty && frame.bytes(as: .plain).isEmpty)
    }
    #expect(Frame.joining([]).eventCount == 0)
  }

  @Test func joinsSeveralIntoOneChunkInTheirOrder() throws {
    let parts = ["a", "bc", String(repeating: "d", count: 300)].map { (part: String) -> Frame in
      Frame(payloadCount: part.utf8.count) { $0.append(Array(part.utf8).span) }
    }
    let pair = Frame.joining([parts[0], parts[1]])
    let all = Frame.joining([pair, parts[2]])
    #expect(all.eventCount == 3)
    #expect(
      try #require(chunks(all.bytes(as: .chunked))) == [Array(("abc" + String(repeating: "d", count: 300)).utf8)])
  }

  @Test func joiningOneGivesThatOne() {
    let frame = Frame(payloadCount: 1) { $0.append(7) }
    #expect(Frame.joining([frame]) === frame)
  }
}
