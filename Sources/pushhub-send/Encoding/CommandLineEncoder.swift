/// Commands as lines of the publishers' socket, `[@key=value[;…] ]VERB [argument …]` and LF.
enum CommandLineEncoder {
  /// The line of a PUSH up to its JSON, the same for every event of one `Publication`.
  static func head(of publication: Publication) throws(Failure) -> [UInt8] {
    var head = try tags(of: publication)
    head += "PUSH ".utf8
    append(publication.target, to: &head)
    head.append(blank)
    try checkEvent(publication.event)
    head += publication.event.utf8
    head.append(blank)
    return head
  }

  static func close(_ target: Target, reason: String?) throws(Failure) -> [UInt8] {
    var line = Array("CLOSE ".utf8)
    append(target, to: &line)
    if let reason, !reason.isEmpty {
      guard !reason.unicodeScalars.contains(where: isControl) else {
        throw Failure(.badData, "the reason holds a control character or a line break; it is one line of text")
      }
      line.append(blank)
      line += reason.utf8
    }
    line.append(lineFeed)
    return line
  }

  static func query(_ query: Invocation.Query) -> [UInt8] {
    var line: [UInt8] = []
    switch query {
    case .statistics: line += "STATS".utf8
    case .ping: line += "PING".utf8
    case .connections(let target):
      line += "CONNECTIONS ".utf8
      append(target, to: &line)
    case .explain(let event):
      line += "EXPLAIN ".utf8
      PercentEncoding.append(event, separator: ",", to: &line)
    }
    line.append(lineFeed)
    return line
  }

  private static let blank = UInt8(ascii: " ")
  private static let lineFeed = UInt8(ascii: "\n")

  private static func tags(of publication: Publication) throws(Failure) -> [UInt8] {
    var tags: [UInt8] = []
    if let key = publication.key {
      guard (1...128).contains(key.utf8.count) else { throw Failure(.badData, "--key: a key is 1 to 128 bytes") }
      tags += "@key=".utf8
      PercentEncoding.append(key, separator: ";", to: &tags)
    }
    if let ttl = publication.ttl { tags += "\(tags.isEmpty ? "@" : ";")ttl=\(ttl)".utf8 }
    return tags.isEmpty ? [] : tags + [blank]
  }

  /// A blank would end the event on the line, so an event type that has one can only be published over HTTP. Whatever
  /// else is wrong with the type, the hub says it.
  private static func checkEvent(_ event: String) throws(Failure) {
    guard !event.isEmpty, !event.unicodeScalars.contains(where: isBlankOrControl) else {
      throw Failure(.badData, "an event type on this socket has no blanks and no control characters, and is not empty")
    }
  }

  private static func append(_ target: Target, to line: inout [UInt8]) {
    switch target {
    case .everyone: line += "*".utf8
    case .connection(let id):
      line += "conn:".utf8
      PercentEncoding.append(id, separator: ",", to: &line)
    case .users(let ids):
      line += (ids.count == 1 ? "user:" : "users:").utf8
      for (index, id) in ids.enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        PercentEncoding.append(id, separator: ",", to: &line)
      }
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }

  private static func isBlankOrControl(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || isControl(scalar) }
}
