/// One thing that is measured.
struct Part: Sendable {
  /// For the command line.
  let name: String
  let title: String
  /// Makes what the operation works on, and returns what performs it so many times.
  let prepare: @Sendable () -> (Int) -> Void
}

extension Part {
  static let all = lineParts + eventParts + publishParts + historyParts + connectionParts
}
