import Glibc
import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

/// The loops at work: real threads, real sockets.
@Suite struct ShardLoopTests {
  private let running: RunningHub

  init() throws { running = try RunningHub() }

  @Test func anEventGoesFromAPublisherToTheStreamsOfAllShards() throws {
    let streams = try (0..<4).map { try running.stream("user\($0)") }
    let publisher = try running.publisher()
    try publisher.send("PUSH * notice 1\n")
    #expect(publisher.receive(through: "\n") == "OK 7-1 4\n")
    for stream in streams {
      #expect(stream.receive(through: "\n\n") == "1f\r\nid: 7-1\nevent: notice\ndata: 1\n\n\r\n")
    }
  }

  @Test func publishersAreServedByAllShards() throws {
    let publishers = try (0..<4).map { _ in try running.publisher() }
    for publisher in publishers {
      try publisher.send("PING\n")
      #expect(publisher.receive(through: "\n") == "OK pong\n")
    }
  }

  @Test func aRequestIsAnsweredAndItsConnectionKept() throws {
    let client = try running.client()
    for _ in 0..<2 {
      try client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.receive(through: "\r\n\r\nok").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
  }

  @Test func whatTheShardsKnowOfConnectionsIsGathered() throws {
    let streams = try (0..<3).map { _ in try running.stream("anna") }
    let publisher = try running.publisher()
    try publisher.send("CONNECTIONS user:anna\n")
    let reply = publisher.receive(through: "\n")
    #expect(reply.hasPrefix(#"OK {"userId":"anna","connections":[{"#))
    #expect(reply.split(separator: #""connectionId""#).count == 1 + streams.count)
  }

  @Test func whatTakesLongIsAnsweredByAnotherThread() throws {
    let client = try running.client()
    let now = SystemClock.now().wall / 1000
    let token = try TestSigner.hmac().token(#"{"sub":"root","scope":"pushhub:admin","exp":\#(now + 3600)}"#)
    try client.send(
      "GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n")
    let answer = client.receive()
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("\npushhub_connections 0\n"))
  }

  @Test(.timeLimit(.minutes(1))) func aClientThatLeavesIsForgotten() throws {
    _ = try running.stream("anna")
    while running.test.logged(.connectionClosed, field: .reason).isEmpty { sched_yield() }
    #expect(running.test.logged(.connectionClosed, field: .reason) == ["client-closed"])
    #expect(running.hub.manager.counts().connections == 0)
  }
}
