import HubCore
import HubProtocol

/// `/sse/stats` and `STATS`: the figures of `/metrics` for scripts. Times are whole numbers of the unit in their name.
extension HubFigures {
  var json: [UInt8] {
    statistics.json(version: version) { json in
      json.name("events")
      json.object(writeEvents)
      json.name("replays")
      json.object(writeReplays)
      json.name("history")
      json.object(writeHistory)
      json.name("latency")
      json.object { write(latency, to: &$0) }
      json.name("shards")
      json.array { array in
        for shard in shards { array.object { write(shard, to: &$0) } }
      }
      json.name("loopLagMicroseconds")
      json.object { object in
        for loop in lag { object.member(named: loop.loop, loop.nanoseconds / 1000) }
      }
      json.name("publishers")
      json.object {
        $0.member("connected", publishers)
        $0.member("connects", counters.publisherConnects.value)
        $0.name("errors")
        writeCounts(ErrorCode.allCases.map { ($0.rawValue, counters.commandErrors[$0]) }, to: &$0)
      }
      json.name("http")
      json.object(writeHTTP)
      json.member("logEntriesDropped", droppedLogEntries)
      json.name("process")
      json.object(writeProcess)
    }
  }

  private func writeEvents(to json: inout JSONText) {
    json.name("publishedByTarget")
    json.object { object in
      for kind in TargetKind.allCases { object.member(named: kind.rawValue, statistics.published[kind]) }
    }
    json.member("bytesSent", shards.reduce(0) { $0 + $1.bytesSent })
    json.member("connects", statistics.connects)
    json.member("maxConnections", statistics.maxConnections)
    json.member("idempotencyKeys", statistics.keys)
  }

  private func writeReplays(to json: inout JSONText) {
    for outcome in ReplayOutcome.allCases { json.member(named: outcome.rawValue, statistics.replays[outcome] ?? 0) }
    json.member("events", shards.reduce(0) { $0 + $1.eventsReplayed })
  }

  private func writeHistory(to json: inout JSONText) {
    json.member("events", statistics.historyEvents)
    json.member("bytes", statistics.historyBytes)
    json.member("oldestAgeSeconds", (statistics.historyAge ?? 0) / 1000)
    json.member("floor", statistics.historyFloor?.description)
  }

  /// Bounds of the buckets in which these quantiles lie; null where there is none.
  private func write(_ latency: LatencyHistogram, to json: inout JSONText) {
    json.member("count", latency.count)
    json.member("sumMicroseconds", latency.sum / 1000)
    for (name, part) in [("p50Microseconds", 0.5), ("p99Microseconds", 0.99), ("p999Microseconds", 0.999)] {
      json.name(named: name)
      if let bound = latency.quantileBound(part) { json.value(bound) } else { json.value(nil) }
    }
  }

  private func write(_ shard: ShardFigures, to json: inout JSONText) {
    json.member("bytesSent", shard.bytesSent)
    json.member("queuedBytes", shard.queuedBytes)
    json.member("queuedConnections", shard.queuedConnections)
    json.member("queueHighWaterBytes", shard.maxQueuedBytes)
    json.member("mailboxHighWaterLetters", shard.maxLetters)
    json.member("mailboxHighWaterBytes", shard.maxLetterBytes)
    json.name("latency")
    json.object { write(shard.latency, to: &$0) }
  }

  private func writeHTTP(to json: inout JSONText) {
    json.name("responses")
    writeCounts(Status.allCases.map { ("\($0.code)", counters.httpAnswers[$0]) }, to: &json)
    json.name("refusals")
    writeCounts(ProblemCode.allCases.map { ($0.rawValue, counters.httpRefusals[$0]) }, to: &json)
    json.name("tokenRefusals")
    writeCounts(TokenRefusal.allCases.map { ($0.label, counters.tokenRefusals[$0]) }, to: &json)
  }

  /// An object of what has happened at all.
  private func writeCounts(_ counts: [(name: String, count: UInt64)], to json: inout JSONText) {
    json.object { object in
      for (name, count) in counts where count > 0 { object.member(named: name, count) }
    }
  }

  private func writeProcess(to json: inout JSONText) {
    json.member("residentMemoryBytes", process.residentBytes ?? 0)
    json.member("cpuMilliseconds", process.cpuTime ?? 0)
    json.member("openDescriptors", process.openDescriptors ?? 0)
    json.member("maxDescriptors", process.maxDescriptors ?? 0)
    json.member("threads", process.threads ?? 0)
  }
}
