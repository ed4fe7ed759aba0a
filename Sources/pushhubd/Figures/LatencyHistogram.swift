/// How long events took from being accepted to being written: counts by bucket, as Prometheus has histograms.
struct LatencyHistogram: Sendable {
  /// The buckets' upper bounds in microseconds; what takes longer is in the last count.
  static let bounds: [Int64] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000,
  ]

  /// One more than there are bounds.
  private var counts = InlineArray<18, UInt64>(repeating: 0)
  /// Nanoseconds.
  private(set) var sum: UInt64 = 0
  private(set) var count: UInt64 = 0

  /// Events of each bucket, not of those below it.
  var buckets: [UInt64] { counts.indices.map { counts[$0] } }

  mutating func record(nanoseconds: Int64) {
    counts[Self.bucket(of: nanoseconds)] &+= 1
    sum &+= UInt64(max(0, nanoseconds))
    count &+= 1
  }

  mutating func add(_ other: LatencyHistogram) {
    for index in counts.indices { counts[index] &+= other.counts[index] }
    sum &+= other.sum
    count &+= other.count
  }

  /// The upper bound of the bucket in which so great a part of all events is reached, in microseconds; nil where there
  /// are none, or where it is the last, which has no bound.
  func quantileBound(_ part: Double) -> Int64? {
    let wanted = Double(count) * part
    var reached: UInt64 = 0
    for (index, bound) in Self.bounds.enumerated() {
      reached += counts[index]
      if count > 0, Double(reached) >= wanted { return bound }
    }
    return nil
  }

  private static func bucket(of nanoseconds: Int64) -> Int {
    var index = 0
    for bound in bounds {
      if nanoseconds <= bound * 1000 { break }
      index += 1
    }
    return index
  }
}

/// Measures how long events take without reading the clock for each: what was written is kept until enough is, and then
/// counts as written at that time.
struct LatencyMeter {
  /// So many writes, a fraction of a millisecond, and the clock is read.
  private static let maxWrites = 64

  private var acceptedAt: ContiguousArray<Int64> = []
  private var writes = 0

  init() { acceptedAt.reserveCapacity(2 * Self.maxWrites) }

  /// An event was written to so many connections. Returns whether `settle` is due.
  mutating func wrote(acceptedAt time: Int64, writes count: Int) -> Bool {
    guard time > 0 else { return false }
    acceptedAt.append(time)
    writes += count
    return writes >= Self.maxWrites
  }

  var isEmpty: Bool { acceptedAt.isEmpty }

  /// All that was written counts as written now.
  mutating func settle(now nanoseconds: Int64, into histogram: inout LatencyHistogram) {
    for time in acceptedAt { histogram.record(nanoseconds: nanoseconds - time) }
    acceptedAt.removeAll(keepingCapacity: true)
    writes = 0
  }
}
