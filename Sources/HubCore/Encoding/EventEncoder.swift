package import HubProtocol

/// Writes events by the rules for event streams (WHATWG HTML, section 9.2.5 and 9.2.6).
///
/// Data with line breaks, which text holds, and JSON may hold between its tokens, goes out on several `data:` lines; a conforming parser
/// joins them with LF. Ids and types cannot hold a line break, so nothing that was sent to the hub makes a second field.
package enum EventEncoder {
  /// What stands in an event's `id:` field.
  enum Identity {
    case none
    case position(EventID)
    /// `closed`: a client that comes back with it is told to stay away.
    case closed
  }

  /// A published event.
  ///
  /// - Parameters:
  ///   - topic: That of the event's topics which the field `topic` shows.
  ///   - data: JSON, or text.
  ///   - value: Which value it replaces or takes back.
  ///   - acceptedAt: nanoseconds of the monotonic clock.
  package static func frame(
    id: EventID, type: EventType, topic: TopicName? = nil, data: [UInt8], value: ValueKey? = nil, acceptedAt: Int64 = 0
  ) -> Frame {
    frame(
      identity: .position(id), type: type.text, topic: topic?.text, data: data, sequence: id.sequence, value: value,
      acceptedAt: acceptedAt)
  }

  /// Any event.
  ///
  /// - Parameters:
  ///   - type: The `event:` field; it holds no line break.
  ///   - topic: The `topic:` field; it holds no line break.
  ///   - retry: The `retry:` field, in milliseconds.
  ///   - eventCount: 0 for the hub's own events, which no figure counts.
  ///   - sequence: that of a published event, what becomes of which is counted.
  static func frame(
    identity: Identity, type: String, topic: String? = nil, retry: Int64? = nil, data: [UInt8], eventCount: Int = 1,
    sequence: UInt64 = 0, value: ValueKey? = nil, acceptedAt: Int64 = 0
  ) -> Frame {
    let retry = retry.map { UInt64(max(0, $0)) }
    let lines = lineCount(of: data)
    var size = identity.fieldSize
    size += Field.event.utf8CodeUnitCount + type.utf8.count + 1
    if let topic { size += Field.topic.utf8CodeUnitCount + topic.utf8.count + 1 }
    size += retry.map { Field.retry.utf8CodeUnitCount + $0.decimalDigitCount + 1 } ?? 0
    size += data.count - lines.replaced + lines.count * (Field.data.utf8CodeUnitCount + 1) + 1
    return Frame(
      payloadCount: size, eventCount: eventCount, sequence: sequence, acceptedAt: acceptedAt, value: value
    ) { bytes in
      identity.write(to: &bytes)
      bytes.append(Field.event)
      bytes.append(type)
      bytes.append(lineFeed)
      if let topic {
        bytes.append(Field.topic)
        bytes.append(topic)
        bytes.append(lineFeed)
      }
      if let retry {
        bytes.append(Field.retry)
        bytes.append(decimal: retry)
        bytes.append(lineFeed)
      }
      lines.count == 1 ? write(line: data.span, to: &bytes) : write(linesOf: data.span, to: &bytes)
      bytes.append(lineFeed)
    }
  }

  /// How many lines the data has, and how many bytes of it are line breaks.
  private static func lineCount(of data: [UInt8]) -> (count: Int, replaced: Int) {
    guard data.span.hasControl else { return (1, 0) }
    let breaks = data.count { $0 == lineFeed || $0 == carriageReturn }
    var pairs = 0
    for index in data.indices.dropLast() where data[index] == carriageReturn && data[index + 1] == lineFeed {
      pairs += 1
    }
    return (1 + breaks - pairs, breaks)
  }

  private static func write(linesOf data: Span<UInt8>, to bytes: inout ByteWriter) {
    var start = 0
    var end = 0
    while end < data.count {
      guard data[end] == lineFeed || data[end] == carriageReturn else {
        end += 1
        continue
      }
      write(line: data.extracting(start..<end), to: &bytes)
      let isPair = data[end] == carriageReturn && end + 1 < data.count && data[end + 1] == lineFeed
      end += isPair ? 2 : 1
      start = end
    }
    write(line: data.extracting(start..<data.count), to: &bytes)
  }

  @inline(__always) private static func write(line: Span<UInt8>, to bytes: inout ByteWriter) {
    bytes.append(Field.data)
    bytes.append(line)
    bytes.append(lineFeed)
  }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")

/// The names of the fields, with the colon and the blank that a parser takes off again.
private enum Field {
  static let id: StaticString = "id: "
  static let event: StaticString = "event: "
  static let topic: StaticString = "topic: "
  static let data: StaticString = "data: "
  static let retry: StaticString = "retry: "
  static let closed: StaticString = "closed"
}

extension EventEncoder.Identity {
  fileprivate var fieldSize: Int {
    switch self {
    case .none: 0
    case .position(let id):
      Field.id.utf8CodeUnitCount + id.epoch.decimalDigitCount + 1 + id.sequence.decimalDigitCount + 1
    case .closed: Field.id.utf8CodeUnitCount + Field.closed.utf8CodeUnitCount + 1
    }
  }

  fileprivate func write(to bytes: inout ByteWriter) {
    switch self {
    case .none: return
    case .position(let id):
      bytes.append(Field.id)
      bytes.append(decimal: id.epoch)
      bytes.append(UInt8(ascii: "-"))
      bytes.append(decimal: id.sequence)
    case .closed:
      bytes.append(Field.id)
      bytes.append(Field.closed)
    }
    bytes.append(lineFeed)
  }
}
