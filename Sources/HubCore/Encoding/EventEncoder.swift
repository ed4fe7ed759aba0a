/// Writes events by the rules for event streams (WHATWG HTML, section 9.2.5 and 9.2.6).
///
/// Data with line breaks, which JSON may hold between its tokens, goes out on several `data:` lines; a conforming parser
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
  /// - Parameter acceptedAt: nanoseconds of the monotonic clock.
  package static func frame(id: EventID, type: EventType, data: [UInt8], acceptedAt: Int64 = 0) -> Frame {
    frame(identity: .position(id), type: type.text, data: data, sequence: id.sequence, acceptedAt: acceptedAt)
  }

  /// Any event.
  ///
  /// - Parameters:
  ///   - type: The `event:` field; it holds no line break.
  ///   - retry: The `retry:` field, in milliseconds.
  ///   - eventCount: 0 for the hub's own events, which no figure counts.
  ///   - sequence: that of a published event, what becomes of which is counted.
  static func frame(
    identity: Identity, type: String, retry: Int64? = nil, data: [UInt8], eventCount: Int = 1, sequence: UInt64 = 0,
    acceptedAt: Int64 = 0
  ) -> Frame {
    let retry = retry.map { UInt64(max(0, $0)) }
    let lines = lineCount(of: data)
    var size = Field.event.count + type.utf8.count + 1
    size += data.count - lines.replaced + lines.count * (Field.data.count + 1) + 1
    size += retry.map { Field.retry.count + $0.decimalDigitCount + 1 } ?? 0
    size += identity.fieldSize
    return Frame(payloadCount: size, eventCount: eventCount, sequence: sequence, acceptedAt: acceptedAt) { bytes in
      identity.append(to: &bytes)
      bytes.append(contentsOf: Field.event)
      bytes.append(contentsOf: type.utf8)
      bytes.append(lineFeed)
      if let retry {
        bytes.append(contentsOf: Field.retry)
        bytes.append(decimal: retry)
        bytes.append(lineFeed)
      }
      lines.count == 1 ? append(line: data[...], to: &bytes) : append(linesOf: data, to: &bytes)
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

  private static func append(linesOf data: [UInt8], to bytes: inout [UInt8]) {
    var start = data.startIndex
    while let end = data[start...].firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) {
      append(line: data[start..<end], to: &bytes)
      let isPair = data[end] == carriageReturn && end + 1 < data.endIndex && data[end + 1] == lineFeed
      start = end + (isPair ? 2 : 1)
    }
    append(line: data[start...], to: &bytes)
  }

  private static func append(line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: Field.data)
    bytes.append(contentsOf: line)
    bytes.append(lineFeed)
  }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")

/// The names of the fields, with the colon and the blank that a parser takes off again.
private enum Field {
  static let id = Array("id: ".utf8)
  static let event = Array("event: ".utf8)
  static let data = Array("data: ".utf8)
  static let retry = Array("retry: ".utf8)
  static let closed = Array("closed".utf8)
}

extension EventEncoder.Identity {
  fileprivate var fieldSize: Int {
    switch self {
    case .none: 0
    case .position(let id): Field.id.count + id.epoch.decimalDigitCount + 1 + id.sequence.decimalDigitCount + 1
    case .closed: Field.id.count + Field.closed.count + 1
    }
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    switch self {
    case .none: return
    case .position(let id):
      bytes.append(contentsOf: Field.id)
      bytes.append(decimal: id.epoch)
      bytes.append(UInt8(ascii: "-"))
      bytes.append(decimal: id.sequence)
    case .closed:
      bytes.append(contentsOf: Field.id)
      bytes.append(contentsOf: Field.closed)
    }
    bytes.append(lineFeed)
  }
}
