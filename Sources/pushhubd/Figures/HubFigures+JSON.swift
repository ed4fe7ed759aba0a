import HubCore
import HubProtocol

extension HubFigures {
  /// The answer of `/sse/stats` and `STATS`: the figures of `/metrics` for scripts. Times are whole numbers of the unit in
  /// their name.
  var json: [UInt8] {
    var members = JSONMembers()
    for figure in Figure.all { add(figure, to: &members) }
    members.add("shards") { json in
      json.array { array in
        for shard in shards { array.object { write(shard, to: &$0) } }
      }
    }
    return statistics.json(version: version) { members.write(to: &$0) }
  }

  private func add(_ figure: Figure, to members: inout JSONMembers) {
    guard let path = figure.member else { return }
    switch figure.reading {
    case .number(let read):
      let number = read(self) ?? 0
      members.add(path) { $0.value(number) }
    case .time(let perSecond, let inStats, let read):
      let time = (read(self) ?? 0) * inStats / perSecond
      members.add(path) { $0.value(time) }
    case .times(_, let perSecond, let inStats, let read):
      members.addObject(path)
      for (value, time) in read(self) {
        members.add(path, value) { $0.value(time / (perSecond / inStats)) }
      }
    case .counts(_, let leavesOutZeros, let read):
      members.addObject(path)
      for (value, count) in read(self) where count > 0 || !leavesOutZeros {
        members.add(path, value) { $0.value(count) }
      }
    case .ofShards(_, let read):
      let sum = shards.reduce(0) { $0 + read($1) }
      members.add(path) { $0.value(sum) }
    case .latency(_, let read):
      let latency = shards.reduce(into: LatencyHistogram()) { $0.add(read($1)) }
      members.add(path) { json in json.object { write(latency, to: &$0) } }
    case .position(let read):
      let position = read(self)?.description
      members.add(path) { $0.value(position) }
    case .text(_, let read):
      let text = read(self)
      members.add(path) { $0.value(text) }
    }
  }

  private func write(_ shard: ShardFigures, to json: inout JSONText) {
    for figure in Figure.all {
      switch figure.reading {
      case .ofShards(let name, let read): json.member(named: name, read(shard))
      case .latency(let name, let read):
        json.name(named: name)
        json.object { write(read(shard), to: &$0) }
      case .number, .time, .times, .counts, .position, .text: continue
      }
    }
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
}

/// The members of a JSON object by their paths, in the order in which they came.
private struct JSONMembers {
  private enum Content {
    case value((inout JSONText) -> Void)
    case object(JSONMembers)
  }

  private var contents: [(name: String, content: Content)] = []

  /// - Parameters:
  ///   - path: names with dots between them.
  ///   - name: one more, which may have dots in it.
  mutating func add(_ path: String, _ name: String? = nil, _ write: @escaping (inout JSONText) -> Void) {
    add((path.split(separator: ".").map(String.init) + (name.map { [$0] } ?? []))[...], .value(write))
  }

  /// An object that has no members yet, and perhaps gets none.
  mutating func addObject(_ path: String) {
    add(path.split(separator: ".").map(String.init)[...], .object(JSONMembers()))
  }

  private mutating func add(_ path: ArraySlice<String>, _ content: Content) {
    guard let name = path.first else { return }
    let rest = path.dropFirst()
    guard !rest.isEmpty else { return contents.append((name, content)) }
    let index = contents.firstIndex { $0.name == name }
    var members = JSONMembers()
    if let index, case .object(let present) = contents[index].content { members = present }
    members.add(rest, content)
    if let index {
      contents[index].content = .object(members)
    } else {
      contents.append((name, .object(members)))
    }
  }

  func write(to json: inout JSONText) {
    for (name, content) in contents {
      json.name(named: name)
      switch content {
      case .value(let write): write(&json)
      case .object(let members): json.object { members.write(to: &$0) }
      }
    }
  }
}
