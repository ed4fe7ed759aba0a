import HubCore
import HubProtocol

extension Figure {
  /// In the order of `/metrics` and of docs/metrics.md.
  static let all = streams + events + queues + history + publishers + http + process

  private static let streams = [
    Figure("pushhub_connections", "Open streams.", .number { $0.statistics.totalConnections }),
    Figure(
      "pushhub_connections_max", member: "events.maxConnections", "Streams that there may be (`limits.connections`).",
      .number { $0.statistics.maxConnections }),
    Figure("pushhub_users", "Users with an open stream.", .number { $0.statistics.totalUsers }),
    Figure(
      "pushhub_connects_total", member: "events.connects", "Streams opened.",
      .number { Int(clamping: $0.statistics.connects) }),
    Figure(
      "pushhub_closes_total", "Streams ended, by reason.",
      details: "; `slow-consumer` are those whose queue was full, `client-closed` those whose client went",
      .counts(label: "reason") { figures in
        CloseReason.allCases.map { ($0.rawValue, figures.statistics.closesByReason[$0] ?? 0) }
      }),
    Figure(
      "pushhub_replays_total", member: "replays", "Streams opened, by what became of their last event id.",
      details: ": `none` given, `complete`, `gap`, or `start` for `?from=start`",
      .counts(label: "outcome", leavesOutZeros: false) { figures in
        ReplayOutcome.allCases.map { ($0.rawValue, figures.statistics.replays[$0] ?? 0) }
      }),
    Figure(
      "pushhub_replayed_events_total", member: "replays.events", "Events given from history to clients that came back.",
      .number { Int(clamping: $0.shards.reduce(0) { $0 + $1.eventsReplayed }) }),
  ]

  private static let events = [
    Figure(
      "pushhub_events_published_total", member: "events.publishedByTarget",
      "Events accepted, by the kind of their target.",
      details: ": `everyone`, a `user`, several `users`, a `topic`, several `topics` or a `connection`",
      .counts(label: "target", leavesOutZeros: false) { figures in
        TargetKind.allCases.map { ($0.rawValue, figures.statistics.published[$0]) }
      }),
    Figure(
      "pushhub_events_delivered_total", "Events written or queued, once for each connection.", details: "; replays too",
      .number { Int(clamping: $0.statistics.eventsDelivered) }),
    Figure(
      "pushhub_sent_bytes_total", member: "events.bytesSent",
      "Bytes of events that sockets took, by shard.", .ofShards(member: "bytesSent") { Int(clamping: $0.bytesSent) }),
    Figure(
      "pushhub_publish_to_write_seconds", member: "latency",
      "From an event's acceptance to its write, once for each write to the connections of a shard.",
      details:
        ". It begins with the read that brought the event; of several writes the last one counts, and what waited "
        + "in a queue does not",
      .latency(member: "latency") { $0.latency }),
    Figure(
      "pushhub_loop_lag_seconds", member: "loopLagMicroseconds",
      "The longest that a loop took to answer in the last 15 s.", details: "; each is asked every five seconds",
      .times(label: "loop", perSecond: 1_000_000_000, inStats: 1_000_000) { figures in
        figures.lag.map { ($0.loop, $0.nanoseconds) }
      }),
  ]

  private static let queues = [
    Figure(
      "pushhub_queued_bytes",
      "Bytes that waited for slow connections within the last 0.5 s.",
      .ofShards(member: "queuedBytes") { $0.queuedBytes }),
    Figure(
      "pushhub_queued_connections",
      "Connections for which something waited within the last 0.5 s.",
      .ofShards(member: "queuedConnections") { $0.queuedConnections }),
    Figure(
      "pushhub_queue_high_water_bytes",
      "The most that waited for one connection since the start.", details: " (`stream.max-queued-bytes` bounds it)",
      .ofShards(member: "queueHighWaterBytes") { $0.maxQueuedBytes }),
    Figure(
      "pushhub_mailbox_high_water_items",
      "The most items that waited for a shard.", .ofShards(member: "mailboxHighWaterItems") { $0.maxItems }),
    Figure(
      "pushhub_mailbox_high_water_bytes",
      "The most bytes in items that waited for a shard.",
      .ofShards(member: "mailboxHighWaterBytes") { $0.maxItemBytes }),
  ]

  private static let history = [
    Figure(
      "pushhub_history_events", member: "history.events", "Events in history.", .number { $0.statistics.historyEvents }),
    Figure(
      "pushhub_history_bytes", member: "history.bytes", "Bytes that history takes, about.",
      .number { $0.statistics.historyBytes }),
    Figure(
      "pushhub_history_oldest_age_seconds", member: "history.oldestAgeSeconds",
      "Age of the oldest event in history; 0 without any.", details: ". So long may a client be away",
      .time(perSecond: 1000) { $0.statistics.historyAge ?? 0 }),
    Figure(
      "pushhub_history_floor", member: "history.floor", "The sequence after which a replay is complete.",
      details: "; it is the second half of an event's id", .position { $0.statistics.historyFloor }),
    Figure(
      "pushhub_values", member: "history.values", "Last values that are held.", .number { $0.statistics.values }),
    Figure(
      "pushhub_value_bytes", member: "history.valueBytes", "Bytes that last values take, about.",
      .number { $0.statistics.valueBytes }),
    Figure(
      "pushhub_conflated_events_total", member: "events.conflated",
      "Events whose place in a connection's queue a newer one of their value took.",
      .number { Int(clamping: $0.shards.reduce(0) { $0 + $1.conflated }) }),
    Figure(
      "pushhub_topics", member: "topics.followed", "Named topics that some connection follows.",
      .number { $0.statistics.followedTopics }),
    Figure(
      "pushhub_standing_topics", member: "topics.standing",
      "Topics that users were given, each user's counted for itself.", .number { $0.statistics.standingTopics }),
    Figure(
      "pushhub_present", member: "topics.present", "Users whose presence is kept, in each topic counted for itself.",
      details: ", with those who are in their grace time; 0 where nobody watches", .number { $0.statistics.present }),
    Figure(
      "pushhub_revoked_users", member: "users.revoked", "Users who are revoked or blocked.",
      .number { $0.statistics.revokedUsers }),
    Figure(
      "pushhub_idempotency_keys", member: "events.idempotencyKeys", "Idempotency keys that are remembered.",
      .number { $0.statistics.keys }),
  ]

  private static let publishers = [
    Figure("pushhub_publishers", member: "publishers.connected", "Connected publishers.", .number { $0.publishers }),
    Figure(
      "pushhub_publisher_connects_total", member: "publishers.connects", "Publishers that connected.",
      .number { Int(clamping: $0.counters.publisherConnects.value) }),
    Figure(
      "pushhub_listeners", member: "publishers.listening", "Connections that listen (LISTEN).",
      .number { $0.statistics.listeners }),
    Figure(
      "pushhub_watchers", member: "publishers.watching", "Connections that watch who is present (WATCH).",
      .number { $0.statistics.watchers }),
    Figure(
      "pushhub_command_errors_total", member: "publishers.errors", "ERR replies to publishers, by code.",
      details: "; the codes are those of the [line protocol](line-protocol.md#errors)",
      .counts(label: "code") { figures in
        ErrorCode.allCases.map { ($0.rawValue, figures.counters.commandErrors[$0]) }
      }),
  ]

  private static let http = [
    Figure(
      "pushhub_http_responses_total", member: "http.responses",
      "HTTP requests answered, by status; a stream is a 200.",
      .counts(label: "status") { figures in Status.allCases.map { ("\($0.code)", figures.counters.httpAnswers[$0]) } }),
    Figure(
      "pushhub_http_refusals_total", member: "http.refusals", "HTTP requests refused, by the problem's code.",
      details: ": see [errors](http.md#errors)",
      .counts(label: "code") { figures in
        ProblemCode.allCases.map { ($0.rawValue, figures.counters.httpRefusals[$0]) }
      }),
    Figure(
      "pushhub_token_refusals_total", member: "http.tokenRefusals", "Tokens refused, by reason.",
      details: ": `expired`, `bad-signature`, `unknown-key`, …",
      .counts(label: "reason") { figures in
        TokenRefusal.Reason.allCases.map { ($0.label, figures.counters.tokenRefusals[$0]) }
      }),
  ]

  private static let process = [
    Figure(
      "pushhub_log_entries_dropped_total", member: "logEntriesDropped", "Log entries that were dropped.",
      details: " because the journal was too slow", .number { Int(clamping: $0.droppedLogEntries) }),
    Figure("pushhub_uptime_seconds", "Seconds since the start.", .number { Int($0.statistics.uptimeSeconds) }),
    Figure("pushhub_build_info", "The running version.", details: "; always 1", .text(label: "version") { $0.version }),
    Figure(
      "process_cpu_seconds_total", member: "process.cpuMilliseconds", "User and system CPU time.",
      .time(perSecond: 1000, inStats: 1000) { $0.process.cpuTime.map { Int64($0) } }),
    Figure(
      "process_resident_memory_bytes", member: "process.residentMemoryBytes", "Resident memory.",
      .number { $0.process.residentBytes }),
    Figure("process_virtual_memory_bytes", "Virtual memory.", .number { $0.process.virtualBytes }),
    Figure(
      "process_open_fds", member: "process.openDescriptors", "Open descriptors.",
      .number { $0.process.openDescriptors }),
    Figure(
      "process_max_fds", member: "process.maxDescriptors", "Descriptors that there may be.",
      .number { $0.process.maxDescriptors }),
    Figure("process_threads", member: "process.threads", "Threads.", .number { $0.process.threads }),
    Figure(
      "process_start_time_seconds", "Start, in seconds since 1970.", .time(perSecond: 1000) { $0.startedAt }),
  ]
}
