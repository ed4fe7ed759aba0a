import HubCore
import HubProtocol

/// `/metrics`. docs/metrics.md lists what is here, and a test compares the two.
extension HubFigures {
  var metricsText: [UInt8] {
    var text = MetricsText()
    writeConnections(to: &text)
    writeEvents(to: &text)
    writeLatency(to: &text)
    writeQueues(to: &text)
    writeHistory(to: &text)
    writePublishers(to: &text)
    writeHTTP(to: &text)
    writeProcess(to: &text)
    return text.bytes
  }

  private func writeConnections(to text: inout MetricsText) {
    text.single("pushhub_connections", .gauge, "Open streams.", statistics.totalConnections)
    text.single(
      "pushhub_connections_max", .gauge, "Streams that there may be (limits.connections).", statistics.maxConnections)
    text.single("pushhub_users", .gauge, "Users with an open stream.", statistics.totalUsers)
    text.single("pushhub_connects_total", .counter, "Streams opened.", statistics.connects)
    text.family("pushhub_closes_total", .counter, "Streams ended, by reason.")
    for reason in CloseReason.allCases {
      text.sample([("reason", reason.rawValue)], statistics.closesByReason[reason] ?? 0)
    }
    text.family("pushhub_replays_total", .counter, "Streams opened, by what became of their last event id.")
    for outcome in ReplayOutcome.allCases {
      text.sample([("outcome", outcome.rawValue)], statistics.replays[outcome] ?? 0)
    }
    text.single(
      "pushhub_replayed_events_total", .counter, "Events given from history to clients that came back.",
      shards.reduce(0) { $0 + $1.eventsReplayed })
  }

  private func writeEvents(to text: inout MetricsText) {
    text.family("pushhub_events_published_total", .counter, "Events accepted, by the kind of their target.")
    for kind in TargetKind.allCases { text.sample([("target", kind.rawValue)], statistics.published[kind]) }
    text.single(
      "pushhub_events_delivered_total", .counter, "Events written or queued, once for each connection.",
      statistics.eventsDelivered)
    text.family("pushhub_sent_bytes_total", .counter, "Bytes of events that sockets took, by shard.")
    forEachShard(&text) { $0.sample($1, $2.bytesSent) }
  }

  private func writeLatency(to text: inout MetricsText) {
    text.family(
      "pushhub_publish_to_write_seconds", .histogram,
      "From an event's acceptance to its write, once for each write to the connections of a shard.")
    forEachShard(&text) { text, shard, figures in
      var count: UInt64 = 0
      for (index, events) in figures.latency.buckets.enumerated() {
        count += events
        let bounds = LatencyHistogram.bounds
        let bound = index < bounds.count ? MetricsText.seconds(bounds[index], perSecond: 1_000_000) : "+Inf"
        text.sample(shard + [("le", bound)], suffix: "_bucket", String(count))
      }
      let sum = MetricsText.seconds(Int64(clamping: figures.latency.sum), perSecond: 1_000_000_000)
      text.sample(shard, suffix: "_sum", sum)
      text.sample(shard, suffix: "_count", String(count))
    }
    text.family("pushhub_loop_lag_seconds", .gauge, "The longest that a loop took to answer in the last 15 s.")
    for loop in lag {
      text.sample([("loop", loop.loop)], MetricsText.seconds(loop.nanoseconds, perSecond: 1_000_000_000))
    }
  }

  private func writeQueues(to text: inout MetricsText) {
    text.family("pushhub_queued_bytes", .gauge, "Bytes that waited for slow connections within the last 0.5 s.")
    forEachShard(&text) { $0.sample($1, $2.queuedBytes) }
    text.family("pushhub_queued_connections", .gauge, "Connections for which something waited within the last 0.5 s.")
    forEachShard(&text) { $0.sample($1, $2.queuedConnections) }
    text.family("pushhub_queue_high_water_bytes", .gauge, "The most that waited for one connection since the start.")
    forEachShard(&text) { $0.sample($1, $2.maxQueuedBytes) }
    text.family("pushhub_mailbox_high_water_letters", .gauge, "The most letters that waited for a shard.")
    forEachShard(&text) { $0.sample($1, $2.maxLetters) }
    text.family("pushhub_mailbox_high_water_bytes", .gauge, "The most bytes in letters that waited for a shard.")
    forEachShard(&text) { $0.sample($1, $2.maxLetterBytes) }
  }

  private func writeHistory(to text: inout MetricsText) {
    text.single("pushhub_history_events", .gauge, "Events in history.", statistics.historyEvents)
    text.single("pushhub_history_bytes", .gauge, "Bytes that history takes, about.", statistics.historyBytes)
    text.family("pushhub_history_oldest_age_seconds", .gauge, "Age of the oldest event in history; 0 without any.")
    text.sample(MetricsText.seconds(statistics.historyAge ?? 0, perSecond: 1000))
    text.single(
      "pushhub_history_floor", .gauge, "The sequence after which a replay is complete.",
      statistics.historyFloor?.sequence ?? 0)
    text.single("pushhub_values", .gauge, "Last values that are held.", statistics.values)
    text.single("pushhub_value_bytes", .gauge, "Bytes that they take, about.", statistics.valueBytes)
    text.single(
      "pushhub_conflated_events_total", .counter,
      "Events whose place in a connection's queue a newer one of their value took.",
      shards.reduce(0) { $0 + $1.conflated })
    text.single("pushhub_topics", .gauge, "Named topics that some connection follows.", statistics.followedTopics)
    text.single(
      "pushhub_standing_topics", .gauge, "Topics that users were given, each user's counted for itself.",
      statistics.standingTopics)
    text.single("pushhub_idempotency_keys", .gauge, "Idempotency keys that are remembered.", statistics.keys)
  }

  private func writePublishers(to text: inout MetricsText) {
    text.single("pushhub_publishers", .gauge, "Connected publishers.", publishers)
    text.single(
      "pushhub_publisher_connects_total", .counter, "Publishers that connected.", counters.publisherConnects.value)
    text.family("pushhub_command_errors_total", .counter, "ERR replies to publishers, by code.")
    for code in ErrorCode.allCases { text.sample([("code", code.rawValue)], counters.commandErrors[code]) }
  }

  private func writeHTTP(to text: inout MetricsText) {
    text.family("pushhub_http_responses_total", .counter, "HTTP requests answered, by status; a stream is a 200.")
    for status in Status.allCases { text.sample([("status", "\(status.code)")], counters.httpAnswers[status]) }
    text.family("pushhub_http_refusals_total", .counter, "HTTP requests refused, by the problem's code.")
    for code in ProblemCode.allCases { text.sample([("code", code.rawValue)], counters.httpRefusals[code]) }
    text.family("pushhub_token_refusals_total", .counter, "Tokens refused, by reason.")
    for reason in TokenRefusal.allCases { text.sample([("reason", reason.label)], counters.tokenRefusals[reason]) }
  }

  private func writeProcess(to text: inout MetricsText) {
    text.single("pushhub_log_entries_dropped_total", .counter, "Log entries that were dropped.", droppedLogEntries)
    text.single("pushhub_uptime_seconds", .gauge, "Seconds since the start.", statistics.uptimeSeconds)
    text.family("pushhub_build_info", .gauge, "The running version.")
    text.sample([("version", version)], 1)
    if let time = process.cpuTime {
      text.family("process_cpu_seconds_total", .counter, "User and system CPU time.")
      text.sample(MetricsText.seconds(Int64(time), perSecond: 1000))
    }
    if let bytes = process.residentBytes {
      text.single("process_resident_memory_bytes", .gauge, "Resident memory.", bytes)
    }
    if let bytes = process.virtualBytes {
      text.single("process_virtual_memory_bytes", .gauge, "Virtual memory.", bytes)
    }
    if let count = process.openDescriptors { text.single("process_open_fds", .gauge, "Open descriptors.", count) }
    if let count = process.maxDescriptors {
      text.single("process_max_fds", .gauge, "Descriptors that there may be.", count)
    }
    if let count = process.threads { text.single("process_threads", .gauge, "Threads.", count) }
    text.family("process_start_time_seconds", .gauge, "Start, in seconds since 1970.")
    text.sample(MetricsText.seconds(startedAt, perSecond: 1000))
  }

  private func forEachShard(
    _ text: inout MetricsText, _ body: (inout MetricsText, [(name: String, value: String)], ShardFigures) -> Void
  ) {
    for (index, figures) in shards.enumerated() { body(&text, [("shard", "\(index)")], figures) }
  }
}
