import CAllocations

/// How long a part takes, and how often it asks for memory.
struct Measurement {
  private static let rounds = 5
  private static let shortestRound = Duration.milliseconds(100)

  private let part: Part
  /// Of the fastest round, as everything that disturbs makes it slower.
  private var nanoseconds = Double.infinity
  private var allocations = 0.0

  init(of part: Part) {
    self.part = part
    let perform = part.prepare()
    let count = Self.enough(perform)
    for _ in 0..<Self.rounds {
      let before = allocation_count()
      let elapsed = ContinuousClock().measure { perform(count) }
      allocations = Double(allocation_count() - before) / Double(count)
      nanoseconds = min(nanoseconds, elapsed.nanoseconds / Double(count))
    }
  }

  var row: String {
    "| \(part.title) (`\(part.name)`) | \(nanoseconds.rounded(to: 1)) | \(allocations.rounded(to: 2)) |"
  }

  /// So many operations that a round is not over before the clock has moved.
  private static func enough(_ perform: (Int) -> Void) -> Int {
    var count = 1
    while true {
      let elapsed = ContinuousClock().measure { perform(count) }
      if elapsed >= shortestRound { return count }
      count *= elapsed * 10 < shortestRound ? 10 : 2
    }
  }
}

extension Duration {
  var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9 }
}

extension Double {
  func rounded(to places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let value = (self * scale).rounded() / scale
    return value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
