import HubCore
import HubProtocol
import Testing

@testable import pushhubd

/// Topics and values on a shard's streams.
@Suite struct TopicStreamTests {
  private let a: Topic

  init() throws { a = .named(try #require(TopicName("a"))) }

  /// More than are told one by one.
  @Test func allFollowersOfATopicGetAnEventAndNobodyElse() throws {
    let shard = try TestShard()
    let followers = try (0..<40).map {
      try shard.connect("user\($0)", topics: ["a"], form: $0 % 2 == 0 ? .chunked : .plain)
    }
    let other = try shard.connect("other", topics: ["b"])
    let gone = try shard.connect("gone", topics: ["a"])
    shard.publish("1", to: .topic(a))
    _ = shard.manager.closeConnection(gone.id, reason: .disconnected, detail: nil, now: shard.table.now)
    shard.perform()
    for follower in followers { #expect(shard.read(follower)?.contains("topic: a\ndata: 1\n\n") == true) }
    #expect(shard.read(other) == "")
    let trace = try shard.manager.explain(EventID(epoch: 7, sequence: 1)).get()
    #expect((trace.queued, trace.written, trace.waiting, trace.dropped) == (41, 41, 0, 0))
    #expect(shard.table.takeDelivered() == 41)
  }

  @Test func aSlowStreamIsNotClosedForTheValuesThatItMisses() throws {
    let shard = try TestShard { $0.stream.maxQueuedBytes = 64 << 10 }
    let slow = try shard.connect("anna", topics: ["a"])
    let name = try #require(ValueName("v"))
    let padding = String(repeating: "x", count: 4000)
    for number in 1...200 {
      shard.publish("[\(number),\"\(padding)\"]", to: .topic(a), value: .replace(name))
      shard.perform()
    }
    let report = try #require(shard.table.report(on: slow.stream))
    #expect(report.eventsQueued <= 2 && shard.departures.isEmpty)
    var received = ""
    while let text = shard.read(slow), !text.isEmpty {
      received += text
      shard.poll()
    }
    let numbers = received.matches(of: /data: \[(\d+),/).compactMap { Int($0.output.1) }
    #expect(numbers == numbers.sorted() && numbers.last == 200 && numbers.count < 100)
    #expect(shard.table.figures.conflated == UInt64(200 - numbers.count))
  }

  /// Values that wait behind a replay: one that is owed, and two that are newer.
  @Test func valuesTakeTheirPlacesBehindAReplayToo() throws {
    let shard = try TestShard()
    let name = try #require(ValueName("v"))
    let padding = String(repeating: "x", count: 4000)
    shard.publish("0", to: .topic(a), value: .replace(name))
    for number in 1...20 { shard.publish("[\(number),\"\(padding)\"]", to: .topic(a)) }
    let slow = try shard.connect("anna", lastEventID: "7-0", topics: ["a"])
    for number in 21...30 {
      shard.publish("[\(number)]", to: .topic(a), value: .replace(name))
      shard.perform()
    }
    #expect(shard.table.report(on: slow.stream).map { $0.eventsQueued <= 24 } == true)
    var received = ""
    while let text = shard.read(slow), !text.isEmpty {
      received += text
      shard.poll()
    }
    let numbers = received.matches(of: /data: \[?(\d+)/).compactMap { Int($0.output.1) }
    #expect(numbers.starts(with: 0...20) && numbers == numbers.sorted() && numbers.last == 30 && numbers.count <= 24)
  }
}
