import HubProtocol

extension HubFigures {
  /// The answer of `/metrics`.
  var metricsText: [UInt8] {
    var text = MetricsText()
    for figure in Figure.all { write(figure, to: &text) }
    return text.bytes
  }

  private func write(_ figure: Figure, to text: inout MetricsText) {
    text.family(figure.name, figure.kind, figure.help.replacing("`", with: ""))
    switch figure.reading {
    case .number(let read):
      if let number = read(self) { text.sample([], number) }
    case .time(let perSecond, _, let read):
      if let time = read(self) { text.sample(MetricsText.seconds(time, perSecond: perSecond)) }
    case .times(let label, let perSecond, _, let read):
      for (value, time) in read(self) { text.sample([(label, value)], MetricsText.seconds(time, perSecond: perSecond)) }
    case .counts(let label, _, let read):
      for (value, count) in read(self) { text.sample([(label, value)], count) }
    case .ofShards(_, let read):
      for (index, shard) in shards.enumerated() { text.sample([("shard", "\(index)")], read(shard)) }
    case .latency(_, let read):
      for (index, shard) in shards.enumerated() { write(read(shard), ofShard: index, to: &text) }
    case .position(let read): text.sample(String(read(self)?.sequence ?? 0))
    case .text(let label, let read): text.sample([(label, read(self))], 1)
    }
  }

  private func write(_ latency: LatencyHistogram, ofShard index: Int, to text: inout MetricsText) {
    let shard = [(name: "shard", value: "\(index)")]
    var count: UInt64 = 0
    for (index, events) in latency.buckets.enumerated() {
      count += events
      let bounds = LatencyHistogram.bounds
      let bound = index < bounds.count ? MetricsText.seconds(bounds[index], perSecond: 1_000_000) : "+Inf"
      text.sample(shard + [("le", bound)], suffix: "_bucket", String(count))
    }
    let sum = MetricsText.seconds(Int64(clamping: latency.sum), perSecond: 1_000_000_000)
    text.sample(shard, suffix: "_sum", sum)
    text.sample(shard, suffix: "_count", String(count))
  }
}
