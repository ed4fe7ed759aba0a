import Glibc
import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

@Suite struct StreamTableTests {
  @Test func everyStreamGetsTheSameBytes() throws {
    let shard = try TestShard()
    let clients = try (0..<5).map { try shard.connect("user\($0)", form: .chunked) }
    shard.publish("1")
    shard.perform()
    for client in clients { #expect(shard.read(client) == "20\r\n\(event(1, "1"))\r\n") }
    #expect(shard.table.takeDelivered() == 5)
  }

  @Test func eventsThatWaitTogetherGoOutInOneChunk() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna", form: .chunked)
    for number in 1...3 { shard.publish("\(number)") }
    shard.perform()
    let payload = (1...3).map { event($0, "\($0)") }.joined()
    #expect(shard.read(client) == "\(String(payload.utf8.count, radix: 16))\r\n\(payload)\r\n")
    #expect(shard.table.report(on: client.stream)?.eventsSent == 3)
  }

  @Test func aStreamWithoutChunksGetsThePayloadAlone() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna")
    shard.publish("1")
    shard.publish("2", to: .connection(client.id))
    shard.perform()
    #expect(shard.read(client) == event(1, "1") + event(2, "2"))
  }

  /// Events that were numbered before a stream was opened may still wait in the mailbox.
  @Test func onlyWhatIsBehindTheOpeningIsForTheStream() throws {
    let shard = try TestShard()
    shard.publish("1")
    let client = try shard.register("anna")
    shard.publish("2")
    shard.perform()
    #expect(shard.read(client) == event(2, "2"))
  }

  @Test func aReplayOfMoreThanFitsTheSocketComesWholeAndBeforeAnythingNewer() throws {
    let shard = try TestShard()
    for number in 1...1000 { shard.publish("\"\(number) \(String(repeating: "x", count: 500))\"") }
    let client = try shard.connect("anna", lastEventID: "7-10")
    for number in 1001...1010 { shard.publish("\(number)") }
    shard.perform()
    let expected =
      (11...1000).map { event($0, "\"\($0) \(String(repeating: "x", count: 500))\"") }
      + (1001...1010).map { event($0, "\($0)") }
    #expect(shard.drain(client) == expected.joined())
    shard.publish("1011")
    shard.perform()
    #expect(shard.read(client) == event(1011, "1011"))
  }

  @Test func aReplayThatHistoryLosesEndsTheStreamSoThatTheClientComesBack() throws {
    let shard = try TestShard { $0.history.maxEvents = 1000 }
    for number in 1...1000 { shard.publish("\"\(number) \(String(repeating: "x", count: 2000))\"") }
    let client = try shard.connect("anna", lastEventID: "7-0")
    for number in 1001...3000 { shard.publish("\(number)", to: .users([try #require(UserID("bert"))])) }
    let text = shard.readToEnd(client)
    #expect(text.hasSuffix("event: close\ndata: {\"reason\":\"slow-consumer\",\"reconnect\":true}\n\n"))
    #expect(shard.departures == ["slow-consumer"])
  }

  @Test(arguments: [0, 1, 2])
  func aConsumerIsSlowWhenMoreWaitsThanItMay(over: Int) throws {
    // What waits is bounded to just what waits here, or one byte less than that.
    let data = "\"\(String(repeating: "x", count: 2000))\""
    let size = event(1, data).utf8.count
    let bound = 100 * size - over
    let shard = try TestShard { $0.stream.maxQueuedBytes = bound }
    let client = try shard.connect("anna")
    var sent = 0
    while (shard.table.report(on: client.stream)?.bytesQueued ?? 0) < 90 * size {
      sent += 1
      shard.publish(data)
      shard.perform()
    }
    // The sequence's digits make later events longer: count what is left exactly.
    while let waiting = shard.table.report(on: client.stream)?.bytesQueued {
      let next = event(sent + 1, data).utf8.count
      let mustClose = waiting + next > bound
      sent += 1
      shard.publish(data)
      shard.perform()
      #expect(shard.departures == (mustClose ? ["slow-consumer"] : []))
      if mustClose { break }
    }
    let text = shard.readToEnd(client)
    #expect(text.hasSuffix("\n\nevent: close\ndata: {\"reason\":\"slow-consumer\",\"reconnect\":true}\n\n"))
  }

  @Test func aSingleEventIsNeverTooLargeForAnEmptyQueue() throws {
    let shard = try TestShard { $0.stream.maxQueuedBytes = 1000 }
    let client = try shard.connect("anna")
    let data = "\"\(String(repeating: "x", count: 500_000))\""
    shard.publish(data)
    shard.perform()
    #expect(shard.drain(client) == event(1, data))
    #expect(shard.departures == [])
  }

  @Test func aSlowConsumerDisturbsNobody() throws {
    let shard = try TestShard { $0.stream.maxQueuedBytes = 10_000 }
    let slow = try shard.connect("slow")
    let quick = try shard.connect("quick")
    let data = "\"\(String(repeating: "x", count: 1000))\""
    for number in 1...100 {
      shard.publish(data)
      shard.perform()
      #expect(shard.read(quick) == event(number, data))
    }
    #expect(shard.departures == ["slow-consumer"])
    #expect(shard.readToEnd(slow).hasPrefix(event(1, data) + event(2, data)))
    #expect(shard.manager.statistics(now: shard.table.now).totalConnections == 1)
  }

  @Test func aChunkedStreamEndsWithTheLastChunk() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna", form: .chunked)
    shard.publish("1")
    _ = shard.manager.closeConnection(client.id, reason: .disconnected, detail: "bye", now: shard.table.now)
    shard.perform()
    let close =
      "id: closed\nevent: close\ndata: {\"reason\":\"disconnected\",\"reconnect\":false,\"detail\":\"bye\"}\n\n"
    #expect(
      shard.readToEnd(client)
        == "20\r\n\(event(1, "1"))\r\n\(String(close.utf8.count, radix: 16))\r\n\(close)\r\n0\r\n\r\n")
    #expect(shard.table.count == 0)
  }

  @Test func whatWaitsIsWrittenBeforeTheClose() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna")
    let data = "\"\(String(repeating: "x", count: 1000))\""
    for _ in 1...100 { shard.publish(data) }
    _ = shard.manager.closeConnection(client.id, reason: .disconnected, detail: nil, now: shard.table.now)
    shard.perform()
    let text = shard.readToEnd(client)
    #expect(text.hasPrefix((1...100).map { event($0, data) }.joined()))
    #expect(text.hasSuffix("{\"reason\":\"disconnected\",\"reconnect\":false}\n\n"))
  }

  @Test func aClientThatClosesIsNoticedAtOnceAndItsPlaceIsUsedAgain() throws {
    let shard = try TestShard()
    let anna = try shard.connect("anna")
    close(anna.socket)
    shard.poll()
    #expect(shard.departures == ["client-closed"])
    let bert = try shard.connect("bert")
    #expect(bert.stream.place == anna.stream.place)
    shard.table.send(
      EventEncoder.frame(id: EventID(epoch: 7, sequence: 9), type: .message, data: [0x30]), to: anna.stream)
    #expect(shard.read(bert) == "")
  }

  @Test func whatTheClientSendsIsDiscarded() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna")
    let request = "GET /again HTTP/1.1\r\n\r\n"
    #expect(send(client.socket, request, request.utf8.count, 0) == request.utf8.count)
    shard.poll()
    shard.publish("1")
    shard.perform()
    #expect(shard.read(client) == event(1, "1"))
  }

  @Test func anExpiringTokenIsAnnouncedOnceAndThenEndsTheStream() throws {
    let shard = try TestShard()
    let expiry = shard.table.now.wall + 100_000
    let client = try shard.connect("anna", tokenExpiresAt: expiry)
    sweep(shard, after: 39_999)
    #expect(shard.read(client) == "")
    sweep(shard, after: 1)
    sweep(shard, after: 1)
    let warning = try #require(shard.read(client))
    #expect(warning.hasPrefix("event: error\ndata: {"))
    #expect(warning.split(separator: "event: error").count == 1)
    sweep(shard, after: 59_999)
    #expect(
      shard.readToEnd(client) == "event: close\ndata: {\"reason\":\"token-expired\",\"reconnect\":true}\n\n")
    #expect(shard.departures == ["token-expired"])
  }

  @Test func theLeewayPutsOffTheEndAndNotTheWarning() throws {
    let shard = try TestShard { $0.auth.leeway = 5000 }
    let client = try shard.connect("anna", tokenExpiresAt: shard.table.now.wall + 60_001)
    sweep(shard, after: 1)
    #expect(
      shard.read(client)?.hasPrefix("event: error\ndata: {\"message\":\"The token expires at 2025-12-10T12:01:00.001Z:")
        == true)
    sweep(shard, after: 64_999)
    #expect(shard.departures == [])
    sweep(shard, after: 1)
    #expect(shard.departures == ["token-expired"])
  }

  @Test func aRenewedTokenKeepsTheStream() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna", tokenExpiresAt: shard.table.now.wall + 1000)
    let user = try #require(UserID("anna"))
    let now = shard.table.now
    #expect(shard.manager.renew(client.id, for: user, tokenExpiresAt: now.wall + 200_000, now: now) == .renewed)
    shard.perform()
    sweep(shard, after: 100_000)
    #expect(shard.read(client) == "")
    #expect(shard.departures == [])
  }

  @Test func aClientThatTakesNothingIsGivenUp() throws {
    let shard = try TestShard { $0.stream.connectionTimeout = 5000 }
    let client = try shard.connect("anna")
    sweep(shard, after: 10_000)
    #expect(shard.departures == [])
    let data = "\"\(String(repeating: "x", count: 100_000))\""
    shard.publish(data)
    shard.perform()
    sweep(shard, after: 4999)
    #expect(shard.departures == [])
    sweep(shard, after: 1)
    #expect(shard.departures == ["timeout"])
    #expect(shard.table.count == 0)
    close(client.socket)
  }

  @Test func anEndedStreamThatIsNotReadIsGivenUpTooAndCountedOnce() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna")
    shard.publish("\"\(String(repeating: "x", count: 100_000))\"")
    shard.perform()
    _ = shard.manager.closeConnection(client.id, reason: .disconnected, detail: nil, now: shard.table.now)
    shard.perform()
    #expect(shard.table.count == 1)
    sweep(shard, after: StreamTable.lingerTime)
    #expect(shard.table.count == 0)
    #expect(shard.departures == [])
    #expect(shard.manager.statistics(now: shard.table.now).closesByReason == [.disconnected: 1])
  }

  @Test func aStreamWhoseSocketIsShutDownEnds() throws {
    let shard = try TestShard()
    let client = try shard.register("anna")
    shutdown(client.hubSocket, CInt(SHUT_RDWR))
    shard.perform()
    shard.poll()
    #expect(shard.departures == ["client-closed"])
    #expect(shard.table.count == 0)
    #expect(shard.read(client) == nil)
  }

  @Test func aHeartbeatBehindWhatWaitsKeepsTheOrder() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna")
    let data = "\"\(String(repeating: "x", count: 100_000))\""
    shard.publish(data)
    shard.perform()
    shard.manager.checkHeartbeats(slices: 1, now: shard.table.now)
    shard.publish("2")
    shard.perform()
    let beat = "id: 7-1\nevent: heartbeat\ndata: {\"timestamp\":\"2025-12-10T12:00:00.000Z\"}\n\n"
    #expect(shard.drain(client) == event(1, data) + beat + event(2, "2"))
  }

  private func sweep(_ shard: TestShard, after milliseconds: Int64) {
    shard.table.now = shard.table.now.advanced(by: milliseconds)
    shard.table.sweep()
  }
}
