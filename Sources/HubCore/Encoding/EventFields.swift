import HubProtocol

/// Where the fields of a published event stand in its frame, as `EventEncoder` wrote them: `id`, `event`, for a named
/// topic `topic`, then `data`.
struct EventFields {
  let id: Range<Int>
  let type: Range<Int>
  /// Empty where there is none.
  let topic: Range<Int>
  /// All `data:` lines with their names and ends.
  private let data: Range<Int>
  private let frame: Frame

  init(_ frame: Frame) {
    self.frame = frame
    var fields = (id: 0..<0, type: 0..<0, topic: 0..<0, data: 0..<0)
    // Read within the closure; the ranges are the payload's own.
    frame.withUnsafeBytes { memory in
      let bytes = memory.bindMemory(to: UInt8.self).span
      let end = frame.payloadRange.upperBound
      let idEnd = bytes.index(of: lineFeed, in: frame.payloadRange)
      fields.id = min(frame.payloadRange.lowerBound + Field.id, idEnd)..<idEnd
      let type = idEnd + 1
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
    (id, type, topic, data) = fields
  }

  /// The data as a parser of the stream gives it to its page: the lines with LF between them.
  var content: [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(data.count)
    appendContent(to: &content, lineBreak: lineFeed)
    return content
  }

  /// The same with something else between the lines.
  func appendContent(to content: inout [UInt8], lineBreak: UInt8) {
    // Copied within the closure; the ranges are the payload's own.
    frame.withUnsafeBytes { memory in
      let bytes = memory.bindMemory(to: UInt8.self).span
      var start = data.lowerBound
      while start < data.upperBound {
        let end = bytes.index(of: lineFeed, in: start..<data.upperBound)
        if start > data.lowerBound { content.append(lineBreak) }
        content.append(min(start + Field.data, end)..<end, of: bytes)
        start = end + 1
      }
    }
  }

  /// Appends a field's bytes.
  func append(_ field: Range<Int>, to bytes: inout [UInt8]) {
    // Copied within the closure; the ranges are the payload's own.
    frame.withUnsafeBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[field])) }
  }

  func text(_ field: Range<Int>) -> String { frame.withUnsafeBytes { String(decoding: $0[field], as: UTF8.self) } }

  /// How many bytes a field's name takes.
  private enum Field {
    static let id = 4
    static let event = 7
    static let topic = 7
    static let data = 6
  }
}

private let lineFeed = UInt8(ascii: "\n")
