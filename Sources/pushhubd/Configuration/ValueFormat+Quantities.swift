import HubProtocol

/// Numbers, durations and sizes.
extension ValueFormat where Value == Int {
  static func count(_ range: ClosedRange<Int>) -> ValueFormat {
    ValueFormat("number") { (text, _) throws(ValueProblem) in
      try number(text, in: range)
    } write: {
      String($0)
    }
  }

  /// Bytes.
  static func size(_ range: ClosedRange<Int>) -> ValueFormat {
    ValueFormat("size") { (text, _) throws(ValueProblem) in
      guard let size = Quantity.bytes.read(text) else {
        throw ValueProblem("\(quoted(text)) is no size: write a whole number and B, KiB, MiB or GiB, such as 64KiB")
      }
      guard let size = Int(exactly: size), range.contains(size) else {
        let bounds =
          "\(Quantity.bytes.write(Int64(range.lowerBound))) to \(Quantity.bytes.write(Int64(range.upperBound)))"
        throw ValueProblem("\(quoted(text)) is out of bounds: it takes \(bounds)")
      }
      return size
    } write: {
      Quantity.bytes.write(Int64($0))
    }
  }
}

extension ValueFormat where Value == Int? {
  /// A number, or `auto`.
  static func automaticCount(_ range: ClosedRange<Int>) -> ValueFormat {
    ValueFormat("number or auto") { (text, _) throws(ValueProblem) in
      text == "auto" ? nil : try number(text, in: range, or: ", or auto")
    } write: {
      $0.map { String($0) } ?? "auto"
    }
  }
}

extension ValueFormat where Value == Int64 {
  /// Milliseconds.
  static func duration(_ range: ClosedRange<Int64>) -> ValueFormat {
    ValueFormat("duration") { (text, _) throws(ValueProblem) in
      guard let duration = Quantity.milliseconds.read(text) else {
        throw ValueProblem("\(quoted(text)) is no duration: write a whole number and ms, s, m, h or d, such as 30s")
      }
      guard range.contains(duration) else {
        let bounds =
          "\(Quantity.milliseconds.write(range.lowerBound)) to \(Quantity.milliseconds.write(range.upperBound))"
        throw ValueProblem("\(quoted(text)) is out of bounds: it takes \(bounds)")
      }
      return duration
    } write: {
      Quantity.milliseconds.write($0)
    }
  }
}

extension ValueFormat where Value == UInt32 {
  /// The mode of a file, in octal with and without a leading 0 or 0o.
  static var mode: ValueFormat {
    ValueFormat("mode in octal") { (text, _) throws(ValueProblem) in
      let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
      let isOctal = (3...4).contains(digits.utf8.count) && digits.utf8.allSatisfy { (0x30...0x37).contains($0) }
      guard isOctal, let mode = UInt32(digits, radix: 8), mode <= 0o777 else {
        throw ValueProblem(
          "\(quoted(text)) is no file mode: write three octal digits after a 0, such as 0660, up to 0777")
      }
      return mode
    } write: {
      let digits = String($0, radix: 8)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }
}

/// Digits alone: no sign, no separators, no fraction.
private func number(_ text: String, in range: ClosedRange<Int>, or alternative: String = "") throws(ValueProblem) -> Int
{
  guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit), let number = Int(text),
    range.contains(number)
  else {
    throw ValueProblem(
      "\(quoted(text)) is not what it takes: write a whole number from \(range.lowerBound) to \(range.upperBound)"
        + alternative)
  }
  return number
}

/// Whole numbers with a unit. `0` needs none.
private struct Quantity {
  struct Unit {
    let name: String
    let factor: Int64
    /// Up to this number a value is written in this unit rather than in the next: 75s, 120s, but 10m.
    let mostWritten: Int64
  }

  static let milliseconds = Quantity(
    zero: "0s",
    units: [
      Unit(name: "ms", factor: 1, mostWritten: 999), Unit(name: "s", factor: 1000, mostWritten: 120),
      Unit(name: "m", factor: 60_000, mostWritten: 120), Unit(name: "h", factor: 3_600_000, mostWritten: 48),
      Unit(name: "d", factor: 86_400_000, mostWritten: .max),
    ])
  static let bytes = Quantity(
    zero: "0",
    units: [
      Unit(name: "B", factor: 1, mostWritten: 1023), Unit(name: "KiB", factor: 1 << 10, mostWritten: 1023),
      Unit(name: "MiB", factor: 1 << 20, mostWritten: 1023), Unit(name: "GiB", factor: 1 << 30, mostWritten: .max),
    ])

  let zero: String
  /// From the smallest to the largest.
  let units: [Unit]

  /// In the smallest unit; the largest number there is where it does not fit. nil: not written as it must be.
  func read(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    let digits = text.utf8.prefix(while: \.isDigit)
    guard !digits.isEmpty,
      let unit = units.first(where: { $0.name.utf8.elementsEqual(text.utf8.dropFirst(digits.count)) })
    else { return nil }
    let (product, overflow) = (Int64(Substring(digits)) ?? .max).multipliedReportingOverflow(by: unit.factor)
    return overflow ? .max : product
  }

  /// In the largest unit that leaves no remainder, unless a smaller one reads as well.
  func write(_ value: Int64) -> String {
    var chosen = units[0]
    for unit in units.dropFirst() where value / chosen.factor > chosen.mostWritten && value % unit.factor == 0 {
      chosen = unit
    }
    return value == 0 ? zero : "\(value / chosen.factor)\(chosen.name)"
  }
}
