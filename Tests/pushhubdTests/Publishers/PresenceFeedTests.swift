import HubProtocol
import Testing

@testable import HubCore
@testable import pushhubd

@Suite struct PresenceFeedTests {
  /// Of a hub with so many users, `u0` and on.
  private static func feed(users: Int) throws -> PresenceFeed {
    let hub = TestHub()
    for index in 0..<users {
      let request = ConnectionRequest(
        id: ConnectionID(high: 1, low: UInt64(index)), user: try user("u\(index)"))
      _ = hub.manager.createConnection(request, now: TestHub.now)
    }
    return PresenceFeed(
      try #require(hub.manager.watch(.users, shard: 0, connection: 1, insteadOf: nil)), of: .users)
  }

  private static func user(_ name: String) throws -> UserID { try #require(UserID(name)) }

  private static func notice(_ name: String, _ action: PresenceNotice.Action = .join) throws -> PresenceNotice {
    PresenceNotice(user: try user(name), topic: nil, action: action)
  }

  private func lines(_ output: [UInt8]) -> [String] {
    String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func theListIsWrittenAsThereIsRoomAndThenWhatHappened() throws {
    var feed = try Self.feed(users: 100)
    var output: [UInt8] = []
    #expect(feed.take(try Self.notice("new"), to: &output, hasRoom: true, maxWaitingBytes: 1000))
    #expect(output.isEmpty)
    feed.fill(&output, upTo: 20)
    #expect(lines(output).count == 2)
    feed.fill(&output, upTo: 20)
    #expect(lines(output).count == 2)
    feed.fill(&output, upTo: .max)
    #expect(lines(output).dropLast().sorted() == (0..<100).map { "PRESENT u\($0)" }.sorted())
    #expect(lines(output).last == "JOIN new")
    #expect(feed.isEmpty)
    output = []
    #expect(feed.take(try Self.notice("new", .leave), to: &output, hasRoom: true, maxWaitingBytes: 0))
    #expect(lines(output) == ["LEAVE new"])
  }

  /// One notice may always wait; each is about 64 bytes and its names.
  @Test(arguments: [(0, 1), (2 * 65 - 1, 1), (2 * 65, 2), (2 * 65 + 1, 2)])
  func whatHappenedMayWaitUpToTheLimit(maxWaitingBytes: Int, count: Int) throws {
    var feed = try Self.feed(users: 10)
    var output: [UInt8] = []
    for number in 0..<3 {
      let isTaken = feed.take(
        try Self.notice("\(number)"), to: &output, hasRoom: false, maxWaitingBytes: maxWaitingBytes)
      #expect(isTaken == (number < count))
    }
    #expect(feed.count == 10 + count)
    feed.fill(&output, upTo: .max)
    #expect(lines(output).suffix(count) == (0..<count).map { "JOIN \($0)" }[...])
    // The room is free again.
    #expect(feed.take(try Self.notice("3"), to: &output, hasRoom: false, maxWaitingBytes: maxWaitingBytes))
  }
}
