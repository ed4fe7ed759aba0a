import HubCore

/// What a shard counts while it writes, in one value, so that what is counted for a write costs one access to it.
struct ShardMeter {
  var figures = ShardFigures()
  /// Events written or queued since the owner last took the count.
  private var delivered: UInt64 = 0
  private var latency = LatencyMeter()

  /// Whether something was written for which the clock was not read yet.
  var isTiming: Bool { !latency.isEmpty }

  /// So many sockets took all of a frame.
  mutating func count(_ frame: Frame, writtenTo connections: Int) {
    delivered &+= UInt64(connections &* frame.eventCount)
    figures.bytesSent &+= UInt64(connections &* frame.count)
  }

  /// A frame stands in a queue in which so many bytes wait now.
  mutating func count(_ frame: Frame, queuedBehind bytes: Int) {
    delivered &+= UInt64(frame.eventCount)
    figures.maxQueuedBytes = max(figures.maxQueuedBytes, bytes)
  }

  /// History gave so many events to a stream.
  mutating func count(replayed frames: [Frame]) {
    let events = frames.reduce(0) { $0 &+ UInt64($1.eventCount) }
    figures.eventsReplayed &+= events
    delivered &+= events
  }

  /// So many sockets took all of a frame as soon as it came. Returns whether the clock is to be read.
  mutating func time(_ frame: Frame, writes: Int) -> Bool {
    var isDue = false
    if writes > 0 {
      frame.forEachPublished { isDue = latency.wrote(acceptedAt: $0.acceptedAt, writes: writes) || isDue }
    }
    return isDue
  }

  /// One socket took all of a frame as soon as it came.
  mutating func countAndTime(_ frame: Frame) -> Bool {
    count(frame, writtenTo: 1)
    return time(frame, writes: 1)
  }

  /// All that was written counts as written now, in nanoseconds of the monotonic clock.
  mutating func settle(now: Int64) { latency.settle(now: now, into: &figures.latency) }

  mutating func takeDelivered() -> UInt64 {
    defer { delivered = 0 }
    return delivered
  }
}
