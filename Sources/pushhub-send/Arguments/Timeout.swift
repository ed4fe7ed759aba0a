import HubProtocol

/// How long to wait for the hub, as `--timeout` says it: `5s`, `500ms`, `2m`, `5`, `0.5`.
struct Timeout: Equatable {
  /// A hub that is restarted has 10 seconds for its open streams before another takes over.
  static let standard = Timeout(milliseconds: 15_000)
  /// A day. poll(2) counts milliseconds in 32 bits, and nobody waits longer.
  static let maxMilliseconds = 86_400_000

  var milliseconds: Int

  init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// Nil unless the text is a number of at most nine digits with at most three decimals, perhaps a unit, and more than
  /// nothing and at most a day.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let numberEnd = bytes.firstIndex { !$0.isDigit && $0 != UInt8(ascii: ".") } ?? bytes.endIndex
    let unit: Int
    switch String(decoding: bytes[numberEnd...], as: UTF8.self) {
    case "ms": unit = 1
    case "", "s": unit = 1_000
    case "m": unit = 60_000
    default: return nil
    }
    guard let thousandths = Self.thousandths(bytes[..<numberEnd]) else { return nil }
    let milliseconds = thousandths * unit / 1_000
    guard milliseconds > 0, milliseconds <= Self.maxMilliseconds else { return nil }
    self.milliseconds = milliseconds
  }

  private static func thousandths(_ number: ArraySlice<UInt8>) -> Int? {
    let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...9).contains(whole.count), parts.count <= 2 else { return nil }
    var fraction = ArraySlice<UInt8>()
    if parts.count == 2 {
      fraction = parts[1]
      guard (1...3).contains(fraction.count) else { return nil }
    }
    let padding = [UInt8](repeating: UInt8(ascii: "0"), count: 3 - fraction.count)
    return Int(String(decoding: whole + fraction + padding, as: UTF8.self))
  }

  /// As a person would write it: `5s`, `500ms`, `2.5s` as `2500ms`.
  var description: String {
    milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
  }
}
