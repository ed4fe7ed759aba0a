import Foundation
import Testing

@testable import HubProtocol

struct MomentTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1_765_368_000_000, "2025-12-10T12:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (951_782_400_001, "2000-02-29T00:00:00.001Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (253_402_300_800_000, "10000-01-01T00:00:00.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
  ])
  func timestampsAreISO8601(milliseconds: Int64, written: String) {
    #expect(timestamp(wall: milliseconds) == written)
  }

  @Test func everyDayOfFourCenturiesIsTheOneThatFoundationNames() {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let wrong = (0..<(400 * 366)).filter { day in
      let milliseconds = Int64(day) * 86_400_000 + Int64(day) * 7919 % 86_400_000
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000 + 0.0001)
      return timestamp(wall: milliseconds) != date.formatted(style)
    }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: [Int64.min, .max, .min + 1]) func farPointsInTimeDoNotTrap(milliseconds: Int64) {
    #expect(timestamp(wall: milliseconds).hasSuffix("Z"))
  }
}
