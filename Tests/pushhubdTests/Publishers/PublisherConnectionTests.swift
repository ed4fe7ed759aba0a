import Glibc
import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

/// One publisher over a socket pair, its turns taken by the test.
@Suite struct PublisherConnectionTests {
  private let hub: TestHub
  private let client: TestSocket
  private let connection: PublisherConnection

  init() throws {
    hub = TestHub {
      $0.publish.maxLineBytes = 1024
      $0.publish.maxPublishers = 1
    }
    let (client, descriptor) = try TestSocket.pair()
    self.client = client
    let publisher = try Publisher(of: descriptor)
    guard case .admitted(let place) = hub.hub.publishers.admit(uid: publisher.uid, now: TestHub.now.monotonic) else {
      throw SystemCallError("admit", number: EPERM)
    }
    connection = PublisherConnection(Descriptor(descriptor), publisher, place, token: 1, of: hub.hub)
  }

  /// Turns until it waits; what the last one came to.
  @discardableResult
  private func advance() -> PublisherConnection.Outcome {
    while true {
      let outcome = connection.advance(now: TestHub.now)
      if outcome != .unfinished { return outcome }
    }
  }

  @Test func linesAreAnsweredInTheirOrderHoweverTheyAreCut() throws {
    let lines = "PING\n\nPUSH * notice 1\r\nNONSENSE\nPING\n"
    for place in 0...lines.utf8.count {
      let (start, rest) = lines.cut(at: place)
      try client.send(start)
      advance()
      try client.send(rest)
      #expect(advance() == .waiting)
      let replies = try #require(client.received()).split(separator: "\n")
      #expect(replies.map { $0.prefix(6) } == ["OK pon", "OK 7-\(place + 1)".prefix(6), "ERR ba", "OK pon"])
    }
  }

  @Test func whatStandsBehindAQuestionWaitsForItsAnswer() throws {
    let anna = Topic.user(try #require(UserID("anna")))
    try client.send("CONNECTIONS user:anna\nPING\n")
    #expect(advance() == .waiting)
    #expect(connection.takeQuestion() == .connections(anna, nil))
    #expect(connection.takeQuestion() == nil, "it is told once")
    #expect(client.received() == "" && !connection.isIdle)
    try client.send("PING\n")
    #expect(advance() == .waiting)
    #expect(client.received() == "", "nor is more read")
    connection.tell(.connections([], of: anna))
    #expect(advance() == .waiting)
    #expect(client.received() == #"OK {"userId":"anna","connections":[]}"# + "\nOK pong\nOK pong\n")
    #expect(connection.isIdle)
  }

  @Test func theEndIsAnsweredToo() throws {
    try client.send("PING\nPUSH * notice")
    client.endOutput()
    #expect(advance() == .closed)
    let replies = try #require(client.received())
    #expect(replies.hasPrefix("OK pong\nERR incomplete "))
    #expect(hub.logged(.commandRefused, field: .reason) == ["incomplete"])
  }

  @Test func aLineThatIsTooLongIsPassedOver() throws {
    try client.send("PUSH * notice \"\(String(repeating: "x", count: 1024))\"\nPING\n")
    #expect(advance() == .waiting)
    let replies = try #require(client.received()).split(separator: "\n")
    #expect(replies.count == 2 && replies[0].hasPrefix("ERR too-long ") && replies[1] == "OK pong")
  }

  @Test func whoReadsNoRepliesIsNotReadFrom() throws {
    // Each is answered by more than it has bytes; the client's socket takes some of that, the hub holds no more than it may.
    let line = "STATS\n"
    var sent = 0
    _ = fcntl(client.descriptor, F_SETFL, O_NONBLOCK)
    while send(client.descriptor, line, line.utf8.count, CInt(MSG_NOSIGNAL)) == line.utf8.count {
      sent += 1
      #expect(advance() == .waiting)
      guard sent < 1_000_000 else { return #expect(Bool(false), "it is read for ever") }
    }
    #expect(!connection.isIdle)
    var replies = 0
    while replies < sent {
      guard let text = client.received() else { break }
      replies += text.utf8.count { $0 == 0x0A }
      advance()
    }
    #expect(replies == sent, "every line has its reply in the end")
    #expect(connection.isIdle)
  }

  @Test func whoIsAskedToGoHasRepliesToWhatItHadSent() throws {
    try client.send("PING\nPING\n")
    connection.takeNothingMore()
    #expect(advance() == .closed)
    #expect(client.received() == "OK pong\nOK pong\n")
  }
}
