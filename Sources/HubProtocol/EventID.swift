/// The id of an event, and so a position in the hub's one sequence of events: `<epoch>-<sequence>`, both decimal.
///
/// The epoch is given to each start of the hub and grows from start to start, so an id is never used again.
package struct EventID: Hashable, Sendable, CustomStringConvertible {
  package let epoch: UInt64
  /// 1 for the first event of an epoch; 0 is the position before it.
  package let sequence: UInt64

  package init(epoch: UInt64, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }

  /// The id that a peer wrote, or nil if no hub can have written it.
  package init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let epoch = Self.decimal(parts[0]), let sequence = Self.decimal(parts[1]) else {
      return nil
    }
    self.init(epoch: epoch, sequence: sequence)
  }

  package var description: String {
    String(maxSize: epoch.decimalDigitCount + 1 + sequence.decimalDigitCount) { text in
      text.append(decimal: epoch)
      text.append(UInt8(ascii: "-"))
      text.append(decimal: sequence)
    }
  }

  private static func decimal(_ digits: Substring.UTF8View) -> UInt64? {
    guard let first = digits.first, digits.count <= 20 else { return nil }
    guard first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard digit.isDigit else { return nil }
      let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !overflowed, !carried else { return nil }
      value = sum
    }
    return value
  }
}
