import HubCore
import HubProtocol

/// One figure of the hub: its name in `/metrics`, its place in `STATS`, what is said of it, and how it is read.
///
/// ``all`` is the one list of them. Both answers and the table in docs/metrics.md are made of it, and the dashboard may
/// ask for nothing else.
struct Figure: Sendable {
  enum Reading: Sendable {
    /// Where it cannot be read, `/metrics` leaves it out and `STATS` says 0.
    case number(@Sendable (HubFigures) -> Int?)
    /// A whole number of a fraction of a second. `/metrics` tells seconds, `STATS` another fraction.
    case time(perSecond: Int64, inStats: Int64 = 1, @Sendable (HubFigures) -> Int64?)
    /// One such time for each value of the label.
    case times(label: String, perSecond: Int64, inStats: Int64, @Sendable (HubFigures) -> [(String, Int64)])
    /// One count for each value of the label.
    case counts(label: String, leavesOutZeros: Bool = true, @Sendable (HubFigures) -> [(String, UInt64)])
    /// One number for each shard, in `STATS` a member of each element of `shards`. The figure's own member is their sum.
    case ofShards(member: String, @Sendable (ShardFigures) -> Int)
    /// How long writes took, in the same way.
    case latency(member: String, @Sendable (ShardFigures) -> LatencyHistogram)
    /// A place in the sequence of events: a number in `/metrics`, an id in `STATS`.
    case position(@Sendable (HubFigures) -> EventID?)
    /// Always 1, with a text as its label.
    case text(label: String, @Sendable (HubFigures) -> String)
  }

  /// In `/metrics`.
  let name: String
  /// Where `STATS` has it: `events.connects`. Nil where it does not, or where `Statistics` itself writes it.
  let member: String?
  /// A sentence, with keys of the configuration in backquotes.
  let help: String
  /// What docs/metrics.md says beyond it, from a semicolon or a full stop on.
  let details: String
  let reading: Reading

  init(_ name: String, member: String? = nil, _ help: String, details: String = "", _ reading: Reading) {
    self.name = name
    self.member = member
    self.help = help
    self.details = details
    self.reading = reading
  }

  /// By Prometheus' conventions counters, and only they, end so.
  var kind: MetricsText.Kind {
    if case .latency = reading { return .histogram }
    return name.hasSuffix("_total") ? .counter : .gauge
  }

  var label: String? {
    switch reading {
    case .number, .time, .position: nil
    case .times(let label, _, _, _), .counts(let label, _, _), .text(let label, _): label
    case .ofShards, .latency: "shard"
    }
  }
}
