import Testing

@testable import pushhubd

struct LatencyHistogramTests {
  @Test func aBucketHoldsWhatIsAtMostItsBound() {
    for (index, bound) in LatencyHistogram.bounds.enumerated() {
      var histogram = LatencyHistogram()
      histogram.record(nanoseconds: bound * 1000)
      #expect(histogram.buckets[index] == 1, "\(bound)")
      histogram.record(nanoseconds: bound * 1000 + 1)
      #expect(histogram.buckets[index + 1] == 1, "\(bound)")
      #expect(histogram.count == 2 && histogram.sum == UInt64(bound * 2000 + 1))
    }
  }

  @Test func aClockThatWentBackIsNoTimeAtAll() {
    var histogram = LatencyHistogram()
    histogram.record(nanoseconds: -5)
    #expect(histogram.buckets[0] == 1 && histogram.sum == 0)
  }

  @Test func quantilesAreTheBoundsOfTheirBuckets() {
    var histogram = LatencyHistogram()
    #expect(histogram.quantileBound(0.5) == nil)
    for _ in 1...99 { histogram.record(nanoseconds: 60_000) }
    histogram.record(nanoseconds: 60_000_000)
    #expect([0.5, 0.99, 0.999].map { histogram.quantileBound($0) } == [100, 100, 100_000])
    histogram.record(nanoseconds: 11_000_000_000)
    #expect(histogram.quantileBound(1) == nil)
    var sum = LatencyHistogram()
    sum.add(histogram)
    sum.add(histogram)
    #expect(sum.count == 202 && sum.buckets[1] == 198 && sum.buckets.last == 2)
  }

  @Test func theClockIsAskedOnceForManyWrites() {
    var meter = LatencyMeter()
    var histogram = LatencyHistogram()
    var answers: [Bool] = []
    for time in 1...64 { answers.append(meter.wrote(acceptedAt: Int64(time), writes: 1)) }
    #expect(answers == Array(repeating: false, count: 63) + [true])
    meter.settle(now: 1064, into: &histogram)
    #expect(meter.isEmpty && histogram.count == 64 && histogram.sum == UInt64((1...64).reduce(0) { $0 + 1064 - $1 }))
    let isDue = meter.wrote(acceptedAt: 1, writes: 10_000)
    #expect(isDue)
  }

  @Test func theHubsOwnEventsAreNotMeasured() {
    var meter = LatencyMeter()
    let isDue = meter.wrote(acceptedAt: 0, writes: 1000)
    #expect(!isDue && meter.isEmpty)
  }
}
