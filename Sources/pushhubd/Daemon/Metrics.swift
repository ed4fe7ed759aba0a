import HubCore

/// `/metrics`: the Prometheus text format, version 0.0.4.
enum Metrics {
  static func text(_ statistics: Statistics, publishers: Int) -> String {
    var text = ""
    text.gauge("pushhub_connections", "Open streams.", statistics.totalConnections)
    text.gauge("pushhub_users", "Users with an open stream.", statistics.totalUsers)
    text.gauge("pushhub_publishers", "Connected publishers.", publishers)
    text.counter("pushhub_connects_total", "Streams opened.", statistics.connects)
    text.head("pushhub_closes_total", "Streams ended, by reason.", "counter")
    for reason in CloseReason.allCases {
      text.sample("pushhub_closes_total", "reason", reason.rawValue, statistics.closesByReason[reason] ?? 0)
    }
    text.head("pushhub_replays_total", "Streams opened, by what became of their last event id.", "counter")
    for outcome in ReplayOutcome.allCases {
      text.sample("pushhub_replays_total", "outcome", outcome.rawValue, statistics.replays[outcome] ?? 0)
    }
    text.counter("pushhub_events_published_total", "Events accepted.", statistics.eventsPublished)
    text.counter(
      "pushhub_events_delivered_total", "Events written or queued, once for each connection.",
      statistics.eventsDelivered)
    text.gauge("pushhub_history_events", "Events in history.", statistics.historyEvents)
    text.gauge("pushhub_history_bytes", "Bytes in history.", statistics.historyBytes)
    text.gauge("pushhub_uptime_seconds", "Seconds since the start.", Int(statistics.uptimeSeconds))
    text.head("pushhub_build_info", "The running version.", "gauge")
    text.sample("pushhub_build_info", "version", Version.current, 1)
    return text
  }
}

extension String {
  fileprivate mutating func gauge(_ name: String, _ help: String, _ value: Int) {
    head(name, help, "gauge")
    self += "\(name) \(value)\n"
  }

  fileprivate mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
    head(name, help, "counter")
    self += "\(name) \(value)\n"
  }

  fileprivate mutating func head(_ name: String, _ help: String, _ type: String) {
    self += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  fileprivate mutating func sample(_ name: String, _ label: String, _ value: String, _ number: UInt64) {
    self += "\(name){\(label)=\"\(value)\"} \(number)\n"
  }
}
