import Glibc
import HubCore
import HubProtocol
import Testing

@testable import pushhubd

/// What became of events, as `EXPLAIN` tells it, with real sockets.
@Suite struct TraceTests {
  private func trace(_ shard: TestShard, _ sequence: UInt64) throws -> EventTrace {
    try shard.manager.explain(EventID(epoch: 7, sequence: sequence)).get()
  }

  /// `queued written waiting dropped replayed`
  private func counts(_ shard: TestShard, _ sequence: UInt64) throws -> [Int] {
    let trace = try trace(shard, sequence)
    return [trace.queued, trace.written, trace.waiting, trace.dropped, trace.replayed]
  }

  private func lastWritten(_ shard: TestShard, _ client: TestShard.Client) -> UInt64? {
    shard.table.report(on: client.stream)?.lastWritten
  }

  private let large = "\"\(String(repeating: "x", count: 100_000))\""

  @Test func anEventWaitsUntilItsShardHasWrittenIt() throws {
    let shard = try TestShard()
    let anna = try shard.connect("anna", form: .chunked)
    _ = try shard.connect("bert", form: .chunked)
    shard.publish("1")
    shard.publish("2", to: .user(try #require(UserID("anna"))))
    #expect(try counts(shard, 1) == [2, 0, 2, 0, 0])
    #expect(try counts(shard, 2) == [1, 0, 1, 0, 0])
    shard.perform()
    #expect(try counts(shard, 1) == [2, 2, 0, 0, 0])
    #expect(try counts(shard, 2) == [1, 1, 0, 0, 0])
    #expect(lastWritten(shard, anna) == 2)
  }

  @Test func aStreamWithoutChunksCountsAsWell() throws {
    let shard = try TestShard()
    let client = try shard.connect("anna")
    shard.publish("1")
    shard.publish("2", to: .users([try #require(UserID("anna"))]))
    shard.perform()
    #expect(try counts(shard, 1) == [1, 1, 0, 0, 0])
    #expect(try counts(shard, 2) == [1, 1, 0, 0, 0])
    #expect(lastWritten(shard, client) == 2)
  }

  @Test(arguments: WireForm.allCases)
  func whatTheSocketTookInPartWaits(form: WireForm) throws {
    let shard = try TestShard()
    let client = try shard.connect("anna", form: form)
    shard.publish("1")
    shard.perform()
    // These go out as one.
    shard.publish(large)
    shard.publish("3")
    shard.perform()
    #expect(try counts(shard, 2) == [1, 0, 1, 0, 0])
    #expect(try counts(shard, 3) == [1, 0, 1, 0, 0])
    let report = try #require(shard.table.report(on: client.stream))
    #expect(report.eventsQueued == 2 && report.bytesQueued > 0 && report.lastWritten == 1)
    _ = shard.drain(client)
    #expect(try counts(shard, 2) == [1, 1, 0, 0, 0])
    #expect(try counts(shard, 3) == [1, 1, 0, 0, 0])
    #expect(shard.table.report(on: client.stream)?.eventsQueued == 0)
    #expect(lastWritten(shard, client) == 3)
    shard.publish("4")
    shard.perform()
    #expect(lastWritten(shard, client) == 4)
  }

  @Test func aSlowConsumerIsNamedByEveryEventThatItLost() throws {
    let shard = try TestShard { $0.stream.maxQueuedBytes = 10_000 }
    let slow = try shard.connect("slow")
    let quick = try shard.connect("quick", form: .chunked)
    let data = "\"\(String(repeating: "x", count: 1000))\""
    var count: UInt64 = 0
    while shard.departures.isEmpty {
      count += 1
      // Two at a time: the second of the last pair was published before the stream left the books.
      shard.publish(data)
      shard.publish("2")
      shard.perform()
      _ = shard.read(quick)
    }
    shard.publish("3")
    shard.perform()
    let all = try (1...2 * count).map { try counts(shard, $0) }
    #expect(all.allSatisfy { $0[0] == 2 && $0[0] == $0[1] + $0[2] + $0[3] })
    #expect(try counts(shard, 2 * count)[3] == 1)
    #expect(try trace(shard, 2 * count).losses == [Loss(connection: slow.id, reason: .slowConsumer)])
    #expect(try counts(shard, 2 * count + 1) == [1, 1, 0, 0, 0])
    // What was begun is finished; the rest is lost.
    _ = shard.readToEnd(slow)
    let end = try (1...2 * count).map { try counts(shard, $0) }
    #expect(end.allSatisfy { $0[2] == 0 })
    let lost = (1...2 * count).filter { end[Int($0) - 1][3] == 1 }
    #expect(lost.count > 5 && lost == Array((lost.first ?? 0)...(2 * count)))
    for sequence in lost {
      #expect(try trace(shard, sequence).losses == [Loss(connection: slow.id, reason: .slowConsumer)])
    }
  }

  @Test func whoLeavesBeforeTheItemIsPerformedHasLostIt() throws {
    let shard = try TestShard()
    let anna = try shard.connect("anna", form: .chunked)
    let bert = try shard.connect("bert", form: .chunked)
    shard.publish("1")
    shard.publish("2", to: .user(try #require(UserID("anna"))))
    close(anna.socket)
    shard.poll()
    shard.perform()
    #expect(try counts(shard, 1) == [2, 1, 0, 1, 0])
    #expect(try counts(shard, 2) == [1, 0, 0, 1, 0])
    #expect(try trace(shard, 2).losses == [Loss(connection: anna.id, reason: .clientClosed)])
    #expect(shard.read(bert) != nil)
  }

  @Test func whoIsFoundGoneByTheWriteHasLostIt() throws {
    let shard = try TestShard()
    let anna = try shard.connect("anna", form: .chunked)
    close(anna.socket)
    shard.publish("1")
    shard.perform()
    #expect(try counts(shard, 1) == [1, 0, 0, 1, 0])
    #expect(try trace(shard, 1).losses == [Loss(connection: anna.id, reason: .clientClosed)])
  }

  @Test func whatWaitsForAClientThatIsGivenUpIsLost() throws {
    let shard = try TestShard { $0.stream.connectionTimeout = 5000 }
    let anna = try shard.connect("anna", form: .chunked)
    shard.publish(large)
    shard.perform()
    shard.table.now = shard.table.now.advanced(by: 5000)
    shard.table.sweep()
    #expect(try counts(shard, 1) == [1, 0, 0, 1, 0])
    #expect(try trace(shard, 1).losses == [Loss(connection: anna.id, reason: .timeout)])
    close(anna.socket)
  }

  @Test func aReplayIsCountedApart() throws {
    let shard = try TestShard()
    for number in 1...3 { shard.publish("\(number)") }
    let client = try shard.connect("anna", lastEventID: "7-1")
    #expect(try (1...3).map { try counts(shard, $0) } == [[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1]])
    #expect(lastWritten(shard, client) == 3)
    #expect(shard.table.figures.eventsReplayed == 2)
    _ = try shard.connect("bert", lastEventID: "7-2")
    #expect(try counts(shard, 3) == [0, 0, 0, 0, 2])
  }

  @Test func whatCameDuringAReplayThatNeverEndedIsLost() throws {
    let shard = try TestShard()
    for _ in 1...10 { shard.publish(large) }
    let client = try shard.connect("anna", lastEventID: "7-0")
    shard.publish("11")
    shard.perform()
    #expect(try counts(shard, 11) == [1, 0, 1, 0, 0])
    _ = shard.manager.closeConnection(client.id, reason: .disconnected, detail: nil, now: shard.table.now)
    shard.perform()
    #expect(try counts(shard, 11) == [1, 0, 0, 1, 0])
    #expect(try trace(shard, 11).losses == [Loss(connection: client.id, reason: .disconnected)])
    _ = shard.readToEnd(client)
    #expect(try counts(shard, 10)[1...3] == [0, 0, 0])
  }

  @Test func theLastEventWrittenIsTheStreamsOwn() throws {
    let shard = try TestShard()
    let anna = try shard.connect("anna", form: .chunked)
    #expect(lastWritten(shard, anna) == 0)
    shard.publish("1")
    shard.perform()
    let bert = try shard.connect("bert", form: .chunked)
    #expect([lastWritten(shard, anna), lastWritten(shard, bert)] == [1, 0])
    shard.publish("2", to: .connection(bert.id))
    shard.perform()
    #expect([lastWritten(shard, anna), lastWritten(shard, bert)] == [1, 2])
    shard.manager.checkHeartbeats(slices: 1, now: shard.table.now)
    shard.perform()
    #expect([lastWritten(shard, anna), lastWritten(shard, bert)] == [1, 2])
    shard.publish("3")
    shard.perform()
    #expect([lastWritten(shard, anna), lastWritten(shard, bert)] == [3, 3])
  }

  @Test func theShardCountsBytesAndQueues() throws {
    let shard = try TestShard()
    let anna = try shard.connect("anna", form: .chunked)
    _ = try shard.connect("bert", form: .chunked)
    shard.publish("1")
    shard.perform()
    let size = "20\r\n\(event(1, "1"))\r\n".utf8.count
    #expect(shard.table.figures.bytesSent == UInt64(2 * size))
    shard.publish("2", to: .connection(anna.id))
    shard.perform()
    #expect(shard.table.figures.bytesSent == UInt64(3 * size))
    #expect(shard.table.figures.maxQueuedBytes == 0)
    shard.publish(large, to: .connection(anna.id))
    shard.perform()
    shard.table.sweep()
    let waiting = try #require(shard.table.report(on: anna.stream)?.bytesQueued)
    #expect(shard.table.figures.queuedConnections == 1 && shard.table.figures.queuedBytes == waiting)
    #expect(shard.table.figures.maxQueuedBytes >= waiting && waiting > 0)
    _ = shard.drain(anna)
    shard.table.sweep()
    #expect(shard.table.figures.queuedConnections == 0 && shard.table.figures.queuedBytes == 0)
    #expect(shard.table.figures.bytesSent > 100_000)
    shard.table.settleLatency()
    // The large one was not written at once.
    #expect(shard.table.figures.latency.count == 2)
  }
}
