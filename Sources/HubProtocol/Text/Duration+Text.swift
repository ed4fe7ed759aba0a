extension Duration {
  /// For how long something can be asked for, ten years: longer is for ever.
  package static let longest = Duration.seconds(3650 * 86400)

  /// A whole number and its unit, `s`, `m`, `h` or `d`: `90s`, `1h`; nil for anything else.
  package init?(spelled text: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    guard let unit = text.last.flatMap({ units[$0] }), text.utf8.dropLast().allSatisfy(\.isDigit),
      let count = Int64(text.dropLast())
    else { return nil }
    let (seconds, isOverflow) = count.multipliedReportingOverflow(by: unit)
    guard !isOverflow else { return nil }
    self = .seconds(seconds)
  }
}
