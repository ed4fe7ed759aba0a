package import HubProtocol

/// The bytes of one event, or of several, ready to be written to any number of connections.
///
/// It is one chunk of HTTP/1.1's chunked coding (RFC 9112, section 7.1), `<hex>\r\n<payload>\r\n`, so that it ends on an
/// event boundary; a connection without chunks is sent the payload alone. An encoded event is never changed: every
/// connection, every queue and the history hold the same object, which counts what became of it.
///
/// It is public only because the compiler does not inline the members of a `package` type into other modules, not even
/// those that are `@inlinable`; the shards read frames once for each delivery.
public final class Frame: Sendable {
  // Safe: allocated and filled by the initialiser, only read afterwards, and freed by the deinitialiser, which runs when
  // nobody refers to the frame any more.
  @usableFromInline nonisolated(unsafe) let storage: UnsafeRawBufferPointer
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
  /// The event that this frame shows under another of its topics: what becomes of this frame is counted there.
  let original: Frame?
  /// Which value the event replaces or takes back.
  package let value: ValueKey?

  /// A frame of `payloadCount` bytes, which the closure writes, no more and no fewer.
  ///
  /// Without a payload there is no chunk either: an empty one would end the response.
  package convenience init(
    payloadCount: Int, eventCount: Int = 1, sequence: UInt64 = 0, acceptedAt: Int64 = 0, value: ValueKey? = nil,
    writePayload: (inout ByteWriter) -> Void
  ) {
    self.init(
      payloadCount: payloadCount, eventCount: eventCount, sequence: sequence, acceptedAt: acceptedAt, value: value,
      parts: [], writePayload: writePayload)
  }

  private init(
    payloadCount: Int, eventCount: Int, sequence: UInt64, acceptedAt: Int64, value: ValueKey? = nil,
    parts: [Frame] = [], original: Frame? = nil, writePayload: (inout ByteWriter) -> Void
  ) {
    let digits = payloadCount == 0 ? 0 : (Int.bitWidth - payloadCount.leadingZeroBitCount + 3) / 4
    let start = payloadCount == 0 ? 0 : digits + Self.lineBreak.utf8CodeUnitCount
    let end = start + payloadCount
    let size = payloadCount == 0 ? 0 : end + Self.lineBreak.utf8CodeUnitCount
    // Filled to its last byte below; where it is not, the program stops.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    var bytes = ByteWriter(memory)
    if payloadCount > 0 { bytes.append(hexadecimal: payloadCount, digits: digits) }
    if payloadCount > 0 { bytes.append(Self.lineBreak) }
    writePayload(&bytes)
    precondition(bytes.count == end, "a frame's payload has another size than was announced")
    if payloadCount > 0 { bytes.append(Self.lineBreak) }
    storage = UnsafeRawBufferPointer(memory)
    payloadRange = start..<end
    self.eventCount = eventCount
    self.sequence = sequence
    self.acceptedAt = acceptedAt
    self.value = value
    self.parts = parts
    self.original = original
  }

  /// Bytes that belong to the transfer coding and hold no event.
  private init(coding: StaticString) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: coding.utf8CodeUnitCount, alignment: 1)
    var bytes = ByteWriter(memory)
    bytes.append(coding)
    storage = UnsafeRawBufferPointer(memory)
    payloadRange = 0..<0
    eventCount = 0
    sequence = 0
    acceptedAt = 0
    value = nil
    parts = []
    original = nil
  }

  deinit { storage.deallocate() }

  /// The end of a chunked body: the last chunk and no trailers. It has no payload.
  package static let lastChunk = Frame(coding: "0\r\n\r\n")

  /// One frame, and one chunk, that holds the events of several in their order.
  package static func joining(_ frames: [Frame]) -> Frame {
    if frames.count == 1, let only = frames.first { return only }
    let payloadCount = frames.reduce(0) { $0 + $1.payloadRange.count }
    let eventCount = frames.reduce(0) { $0 + $1.eventCount }
    let sequence = frames.reduce(0) { max($0, $1.sequence) }
    return Frame(
      payloadCount: payloadCount, eventCount: eventCount, sequence: sequence, acceptedAt: 0, parts: frames
    ) { bytes in
      for frame in frames {
        // Copied within the closure; the range is the frame's own.
        frame.withUnsafeBytes { bytes.append(UnsafeRawBufferPointer(rebasing: $0[frame.payloadRange])) }
      }
    }
  }

  /// The same event under another of its topics: the payload has that name in its `topic` field.
  func renamed(to topic: TopicName) -> Frame {
    let fields = EventFields(self)
    let name = topic.text
    return Frame(
      payloadCount: payloadRange.count - fields.topic.count + name.utf8.count, eventCount: eventCount,
      sequence: sequence, acceptedAt: acceptedAt, original: self
    ) { bytes in
      // Copied within the closure; the ranges are the payload's own.
      withUnsafeBytes { frame in
        bytes.append(UnsafeRawBufferPointer(rebasing: frame[payloadRange.lowerBound..<fields.topic.lowerBound]))
        bytes.append(name)
        bytes.append(UnsafeRawBufferPointer(rebasing: frame[fields.topic.upperBound..<payloadRange.upperBound]))
      }
    }
  }

  /// The frames that it was joined of, or itself.
  package var events: [Frame] { parts.isEmpty ? [self] : parts }

  /// The size of the whole frame, the chunk's head and tail included.
  @inlinable package var count: Int { storage.count }

  /// The bytes of the whole frame; `payloadRange` says which of them go to a connection without chunks.
  @inlinable package func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(storage)
  }

  /// What goes to one connection: the whole frame, or the payload where the response is not chunked.
  package func bytes(as form: WireForm) -> [UInt8] {
    form == .chunked ? Array(storage) : Array(storage[payloadRange])
  }

  /// Appends what goes to one connection.
  func append(to bytes: inout [UInt8], as form: WireForm) {
    // Copied within the array.
    bytes.append(contentsOf: form == .chunked ? storage : UnsafeRawBufferPointer(rebasing: storage[payloadRange]))
  }

  private static let lineBreak: StaticString = "\r\n"
}
