import HubProtocol
import Testing

@testable import HubCore

struct SystemEventsTests {
  private let connection = ConnectionID(high: 1, low: 2)
  private let position = EventID(epoch: 3, sequence: 9)
  private let now = Moment(wall: 1_765_368_000_000, monotonic: 5)

  private func payload(_ frame: Frame) -> String { text(frame.bytes(as: .plain)) }

  @Test func openTellsWhatTheConnectionIs() {
    let full = SystemEvents.open(
      connection: connection, client: ClientID("cid_1"), replay: .complete, snapshot: 2, topics: [topic("a\"b")],
      retry: 3000, heartbeatInterval: 30_000, tokenExpiresAt: now.wall)
    #expect(
      payload(full) == """
        event: open
        retry: 3000
        data: {"connectionId":"\(connection)","clientId":"cid_1","replay":"complete","snapshot":2,\
        "topics":["a\\"b"],"heartbeatInterval":30000,"tokenExpiresAt":"2025-12-10T12:00:00.000Z"}


        """)
    let bare = SystemEvents.open(
      connection: connection, client: nil, replay: .none, retry: 1, heartbeatInterval: 2, tokenExpiresAt: nil)
    #expect(
      payload(bare).contains(
        #""clientId":null,"replay":"none","snapshot":0,"topics":[],"heartbeatInterval":2,"tokenExpiresAt":null}"#))
  }

  @Test func topicsCarryThePosition() {
    let frame = SystemEvents.topics([topic("a"), topic("b/c")], position: position)
    #expect(payload(frame) == "id: 3-9\nevent: topics\ndata: {\"topics\":[\"a\",\"b/c\"]}\n\n")
  }

  @Test func welcomeCarriesThePositionAndTheMessage() throws {
    let user = try #require(UserID("42"))
    let frame = SystemEvents.welcome(
      position: position, template: "Welcome back, user {userId}!", user: user, connection: connection, client: nil,
      now: now)
    #expect(
      payload(frame) == """
        id: 3-9
        event: welcome
        data: {"message":"Welcome back, user 42!","timestamp":"2025-12-10T12:00:00.000Z",\
        "connectionId":"\(connection)","clientId":null}


        """)
  }

  @Test(arguments: [
    ("", ""), ("{userId}", "{userId}\"x"), ("{userId", "{userId"), ("a{userId}b{userId}", "a{userId}\"xb{userId}\"x"),
    ("{{userId}}", "{{userId}\"x}"), ("\n\r\u{2028}", "\n\r\u{2028}"),
  ])
  func welcomePutsTheUserIntoTheTemplateOnce(template: String, message: String) throws {
    let user = try #require(UserID("{userId}\"x"))
    let frame = SystemEvents.welcome(
      position: position, template: template, user: user, connection: connection, client: nil, now: now)
    let start = #"{"message":"# + text(JSONText.string(message)) + #","timestamp":"#
    let event = try #require(EventStreamReader(frame.bytes(as: .plain)).events.first)
    #expect(event.data.hasPrefix(start))
    #expect(frame.eventCount == 0 && EventStreamReader(frame.bytes(as: .plain)).events.count == 1)
  }

  @Test func heartbeatCarriesThePositionOrNone() {
    let data = #"data: {"timestamp":"2025-12-10T12:00:00.000Z"}"#
    #expect(payload(SystemEvents.heartbeat(position: position, now: now)) == "id: 3-9\nevent: heartbeat\n\(data)\n\n")
  }

  @Test(arguments: CloseReason.allCases)
  func closeSaysWhetherToComeBack(reason: CloseReason) {
    let isForGood = reason == .disconnected || reason == .replaced
    let id = isForGood ? "id: closed\n" : ""
    let data = #"data: {"reason":"\#(reason.rawValue)","reconnect":\#(!isForGood)"#
    #expect(payload(SystemEvents.close(reason)) == "\(id)event: close\n\(data)}\n\n")
    #expect(
      payload(SystemEvents.close(reason, detail: "a\n\"b\"", retry: 50))
        == "\(id)event: close\nretry: 50\n\(data),\"detail\":\"a\\n\\\"b\\\"\"}\n\n")
  }

  @Test func errorsSayWhatAndHowBad() {
    #expect(
      payload(SystemEvents.error(message: "x\r\ny", status: 413))
        == "event: error\ndata: {\"message\":\"x\\r\\ny\",\"status\":413}\n\n")
    #expect(payload(SystemEvents.tokenExpiring(at: now.wall)).contains("2025-12-10T12:00:00.000Z"))
    #expect(payload(SystemEvents.tooLargeToKeep(99)).contains("99 bytes"))
  }
}
