import HubProtocol

@testable import HubCore
@testable import pushhubd

/// A request's target with its query, and the last event id that may be in there.
struct QueryTarget: FuzzTarget {
  private static let endpoints = [
    Endpoints(basePath: "/sse", isDevelopment: false), Endpoints(basePath: "/", isDevelopment: true),
  ]

  func run(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    try check(LastEventID(text), of: text)
    guard let target = RequestTarget(text) else { return }
    try expect(target.isAsterisk || text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target has other characters")
    for endpoints in Self.endpoints {
      guard let endpoint = try? endpoints.endpoint(at: target.segments) else { continue }
      guard case .owner(let user) = endpoint.access else { continue }
      try expect(target.segments.contains(user.text), "the user is not the one of the path")
    }
    for name in ["lastEventId", "last_event_id", "clientId"] {
      guard let value = try? target.parameter(name) else { continue }
      try check(LastEventID(value), of: value)
      if let client = ClientID(value) { try check(client) }
    }
  }

  private func check(_ last: LastEventID, of text: String) throws {
    switch last {
    case .position(let id): try expect(id.description == text, "two texts are one position")
    case .closed: try expect(text.utf8.elementsEqual("closed".utf8), "that is not closed")
    case .none: try expect(text.isEmpty, "that is not nothing")
    case .unknown: break
    }
  }

  private func check(_ client: ClientID) throws {
    let open = SystemEvents.open(
      connection: ConnectionID(high: 1, low: 2), client: client, replay: .none, retry: 1, heartbeatInterval: 1,
      tokenExpiresAt: nil)
    let events = EventStream.events(open.bytes(as: .plain))
    try expect(events.count == 1, "a client id makes other events")
    let told = try JSONObject(events[0].data)["clientId"]?.string
    try expect(told.map { Array($0.utf8) } == Array(client.text.utf8), "a client id is changed")
  }
}
