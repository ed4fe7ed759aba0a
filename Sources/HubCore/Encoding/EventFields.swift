import HubProtocol

/// Where the fields of a published event stand in its frame, as `EventEncoder` wrote them: `id`, `event`, for a named
/// topic `topic`, then `data`.
struct EventFields {
  let type: Range<Int>
  /// Empty where there is none.
  let topic: Range<Int>
  /// All `data:` lines with their names and ends.
  private let data: Range<Int>
  private let frame: Frame

  init(_ frame: Frame) {
    self.frame = frame
    var fields = (type: 0..<0, topic: 0..<0, data: 0..<0)
    // Read within the closure; the ranges are the payload's own.
    frame.withUnsafeBytes { memory in
      let bytes = memory.bindMemory(to: UInt8.self).span
      let end = frame.payloadRange.upperBound
      let type = bytes.index(of: lineFeed, in: frame.payloadRange) + 1
      let typeEnd = bytes.index(of: lineFeed, in: min(type, end)..<end)
      fields.type = min(type + Field.event, typeEnd)..<typeEnd
      var data = min(typeEnd + 1, end)
      if bytes.hasPrefix("topic: ", in: data..<end) {
        let topicEnd = bytes.index(of: lineFeed, in: data..<end)
        fields.topic = min(data + Field.topic, topicEnd)..<topicEnd
        data = min(topicEnd + 1, end)
      }
      fields.data = data..<max(data, end - 1)
    }
    (type, topic, data) = fields
  }

  /// The data as a parser of the stream gives it to its page: the lines with LF between them.
  var content: [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(data.count)
    // Copied within the closure; the ranges are the payload's own.
    frame.withUnsafeBytes { memory in
      let bytes = memory.bindMemory(to: UInt8.self).span
      var start = data.lowerBound
      while start < data.upperBound {
        let end = bytes.index(of: lineFeed, in: start..<data.upperBound)
        if start > data.lowerBound { content.append(lineFeed) }
        content.append(min(start + Field.data, end)..<end, of: bytes)
        start = end + 1
      }
    }
    return content
  }

  func text(_ field: Range<Int>) -> String { frame.withUnsafeBytes { String(decoding: $0[field], as: UTF8.self) } }

  /// How many bytes a field's name takes.
  private enum Field {
    static let event = 7
    static let topic = 7
    static let data = 6
  }
}

private let lineFeed = UInt8(ascii: "\n")
