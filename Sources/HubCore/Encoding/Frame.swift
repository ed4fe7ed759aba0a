/// The bytes of one event, or of several, ready to be written to any number of connections.
///
/// It is one chunk of HTTP/1.1's chunked coding (RFC 9112, section 7.1), `<hex>\r\n<payload>\r\n`, so that it ends on an
/// event boundary; a connection without chunks is sent the payload alone. An encoded event is never changed: every
/// connection, every queue and the history hold the same object, which counts what became of it.
///
/// It is public only because the compiler does not inline the members of a `package` type into other modules, not even
/// those that are `@inlinable`; the shards read frames once for each delivery.
public final class Frame: Sendable {
  @usableFromInline let storage: [UInt8]
  /// Where in the bytes the events lie, without the chunk's head and tail.
  @usableFromInline package let payloadRange: Range<Int>
  /// How many events the payload holds.
  @usableFromInline package let eventCount: Int
  /// The sequence of the newest published event in it; 0 where there is none.
  @usableFromInline package let sequence: UInt64
  /// When the event was accepted, in nanoseconds of the monotonic clock.
  @usableFromInline package let acceptedAt: Int64
  /// What became of it.
  let tally = FrameTally()
  /// The frames that it was joined of; empty where it holds one event.
  let parts: [Frame]

  /// A frame of `payloadCount` bytes, which the closure appends, no more and no fewer, to what it is given.
  ///
  /// Without a payload there is no chunk either: an empty one would end the response.
  package convenience init(
    payloadCount: Int, eventCount: Int = 1, sequence: UInt64 = 0, acceptedAt: Int64 = 0,
    appendPayload: (inout [UInt8]) -> Void
  ) {
    self.init(
      payloadCount: payloadCount, eventCount: eventCount, sequence: sequence, acceptedAt: acceptedAt, parts: [],
      appendPayload: appendPayload)
  }

  private init(
    payloadCount: Int, eventCount: Int, sequence: UInt64, acceptedAt: Int64, parts: [Frame],
    appendPayload: (inout [UInt8]) -> Void
  ) {
    let digits = payloadCount == 0 ? 0 : (Int.bitWidth - payloadCount.leadingZeroBitCount + 3) / 4
    let start = payloadCount == 0 ? 0 : digits + Self.lineBreak.count
    let end = start + payloadCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payloadCount == 0 ? 0 : end + Self.lineBreak.count)
    if payloadCount > 0 {
      for digit in stride(from: digits - 1, through: 0, by: -1) {
        bytes.append(Self.hexDigits[payloadCount >> (4 * digit) & 15])
      }
      bytes.append(contentsOf: Self.lineBreak)
    }
    appendPayload(&bytes)
    precondition(bytes.count == end, "a frame's payload has another size than was announced")
    if payloadCount > 0 { bytes.append(contentsOf: Self.lineBreak) }
    storage = bytes
    payloadRange = start..<end
    self.eventCount = eventCount
    self.sequence = sequence
    self.acceptedAt = acceptedAt
    self.parts = parts
  }

  /// The end of a chunked body: the last chunk and no trailers. It has no payload.
  package static let lastChunk = Frame(storage: Array("0\r\n\r\n".utf8))

  private init(storage: [UInt8]) {
    self.storage = storage
    payloadRange = 0..<0
    eventCount = 0
    sequence = 0
    acceptedAt = 0
    parts = []
  }

  /// One frame, and one chunk, that holds the events of several in their order.
  package static func joining(_ frames: ArraySlice<Frame>) -> Frame {
    if frames.count == 1, let only = frames.first { return only }
    let payloadCount = frames.reduce(0) { $0 + $1.payloadRange.count }
    let eventCount = frames.reduce(0) { $0 + $1.eventCount }
    let sequence = frames.reduce(0) { max($0, $1.sequence) }
    return Frame(
      payloadCount: payloadCount, eventCount: eventCount, sequence: sequence, acceptedAt: 0, parts: Array(frames)
    ) { bytes in
      for frame in frames { bytes.append(contentsOf: frame.storage[frame.payloadRange]) }
    }
  }

  /// The size of the whole frame, the chunk's head and tail included.
  @inlinable package var count: Int { storage.count }

  /// The bytes of the whole frame; `payloadRange` says which of them go to a connection without chunks.
  @inlinable package func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try storage.withUnsafeBytes(body)
  }

  /// What goes to one connection: the whole frame, or the payload where the response is not chunked.
  package func bytes(isChunked: Bool) -> [UInt8] {
    isChunked ? storage : Array(storage[payloadRange])
  }

  private static let lineBreak: [UInt8] = Array("\r\n".utf8)
  private static let hexDigits: [UInt8] = Array("0123456789abcdef".utf8)
}
