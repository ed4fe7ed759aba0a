import HubProtocol
import Testing

@testable import HubCore

struct EventEncoderTests {
  private let id = EventID(epoch: 7, sequence: 42)

  @Test func writesIDTypeAndDataInThisOrder() throws {
    let type = try #require(EventType("notice"))
    let frame = EventEncoder.frame(id: id, type: type, data: Array(#"{"title":"hi"}"#.utf8))
    let payload = "id: 7-42\nevent: notice\ndata: {\"title\":\"hi\"}\n\n"
    #expect(text(frame.bytes(as: .plain)) == payload)
    #expect(text(frame.bytes(as: .chunked)) == "2d\r\n\(payload)\r\n")
  }

  @Test func leavesOutWhatIsNotGiven() {
    let frame = EventEncoder.frame(identity: .none, type: "x", data: Array("1".utf8))
    #expect(text(frame.bytes(as: .plain)) == "event: x\ndata: 1\n\n")
  }

  @Test(arguments: [(0, "0"), (3000, "3000"), (-5, "0"), (Int64.max, "9223372036854775807")])
  func writesRetry(retry: Int64, written: String) {
    let frame = EventEncoder.frame(identity: .closed, type: "x", retry: retry, data: [])
    #expect(text(frame.bytes(as: .plain)) == "id: closed\nevent: x\nretry: \(written)\ndata: \n\n")
  }

  @Test(arguments: [0, 1, 9, 10, 99, 100, UInt64.max - 1, UInt64.max])
  func writesTheIDAsEventIDDescribesIt(number: UInt64) {
    let id = EventID(epoch: number, sequence: number)
    let frame = EventEncoder.frame(id: id, type: .message, data: [])
    #expect(text(frame.bytes(as: .plain)).hasPrefix("id: \(id)\n"))
  }

  @Test(arguments: [
    "", " ", "  x", "\u{FEFF}x", ":", "data: x", "\n", "\r", "\r\n", "\n\r", "\n\n", "\r\r", "\r\n\r\n", "\r\r\n\n",
    "a\nb", "a\rb", "a\r\nb", "a\r\n", "\r\na", "a\n\nevent: close\ndata: x\n\n", "a\r\rid: 1-1\r\r", "\0", "x\0y\n\0",
    "{\n  \"a\": 1,\r\n\t\"b\": [\r]\n}", "\u{85}\u{2028}\u{2029}\u{0B}\u{0C}", "grüße\n😀",
  ])
  func givesAConformingParserTheDataBack(data: String) throws {
    let type = try #require(EventType("a b: ü"))
    for (identity, lastID) in [(EventEncoder.Identity.none, ""), (.position(id), "7-42"), (.closed, "closed")] {
      let frame = EventEncoder.frame(identity: identity, type: type.text, retry: 15, data: Array(data.utf8))
      let reader = EventStreamReader(frame.bytes(as: .plain))
      #expect(reader.events == [.init(id: lastID, type: type.text, data: joinedByLineFeeds(data))])
      #expect(reader.retry == 15 && reader.lastEventID == lastID && reader.unknownFields.isEmpty)
      #expect(chunks(frame.bytes(as: .chunked))?.count == 1)
    }
  }

  @Test func givesAConformingParserAnyMixOfLineBreaksBack() {
    let alphabet = Array("\r\n: ad".utf8)
    let wrong = (0..<(6 * 6 * 6 * 6 * 6 * 6)).filter { number in
      var rest = number
      let data = (0..<6).map { _ in
        defer { rest /= alphabet.count }
        return alphabet[rest % alphabet.count]
      }
      let reader = EventStreamReader(EventEncoder.frame(id: id, type: .message, data: data).bytes(as: .plain))
      return reader.events != [.init(id: "7-42", type: "message", data: joinedByLineFeeds(text(data)))]
    }
    #expect(wrong.isEmpty)
  }

  /// What a parser makes of data that is sent line by line: every CR LF, CR and LF is one LF.
  private func joinedByLineFeeds(_ data: String) -> String {
    var joined = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in data.unicodeScalars {
      if scalar != "\n" || previous != "\r" { joined.append(scalar == "\r" ? "\n" : scalar) }
      previous = scalar
    }
    return String(joined)
  }
}
