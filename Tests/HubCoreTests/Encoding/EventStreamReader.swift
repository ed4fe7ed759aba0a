/// A plain reader of event streams (WHATWG HTML, section 9.2.6), for round trips.
struct EventStreamReader {
  struct Event: Equatable {
    var id = ""
    var type = "message"
    var data = ""
  }

  private(set) var events: [Event] = []
  private(set) var lastEventID = ""
  private(set) var retry: Int?
  /// Fields whose names the standard does not know.
  private(set) var unknownFields: [String] = []

  init(_ bytes: some Collection<UInt8>) {
    var type = ""
    var data = ""
    for line in Self.lines(Array(bytes)) {
      guard !line.isEmpty else {
        if !data.isEmpty {
          let data = String(decoding: data.utf8.dropLast(), as: UTF8.self)
          events.append(Event(id: lastEventID, type: type.isEmpty ? "message" : type, data: data))
        }
        (type, data) = ("", "")
        continue
      }
      let (name, value) = Self.field(line)
      switch name {
      case "event": type = value
      case "data": data += value + "\n"
      case "id": if !value.utf8.contains(0) { lastEventID = value }
      case "retry": retry = Int(value) ?? retry
      case "": break
      default: unknownFields.append(name)
      }
    }
  }

  private static func field(_ line: [UInt8]) -> (name: String, value: String) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return (String(decoding: line, as: UTF8.self), "") }
    var value = line[(colon + 1)...]
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
  }

  /// The complete lines: each ends in CR LF, LF or CR.
  private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard byte == 0x0A || byte == 0x0D else {
        line.append(byte)
        continue
      }
      if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
      lines.append(line)
      line = []
    }
    return lines
  }
}

/// A body in HTTP/1.1's chunked coding, taken apart; nil where it is not one.
func chunks(_ bytes: [UInt8]) -> [[UInt8]]? {
  var chunks: [[UInt8]] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    guard let end = rest.firstIndex(of: 0x0D), rest.dropFirst(end - rest.startIndex + 1).first == 0x0A else {
      return nil
    }
    guard let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0 else { return nil }
    let chunk = rest[(end + 2)...].prefix(size)
    guard chunk.count == size, rest[chunk.endIndex...].starts(with: [0x0D, 0x0A]) else { return nil }
    chunks.append(Array(chunk))
    rest = rest[(chunk.endIndex + 2)...]
  }
  return chunks
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
