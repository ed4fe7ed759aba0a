/// Tells what of a JSON text lies within strings, given its bytes in their order.
struct JSONStringTracker {
  private enum State { case outside, inside, escaped }

  private var state = State.outside

  /// Whether a string has begun that has not ended.
  var isInString: Bool { state != .outside }

  /// Goes past the next byte.
  mutating func pass(_ byte: UInt8) {
    switch (state, byte) {
    case (.outside, UInt8(ascii: "\"")): state = .inside
    case (.inside, UInt8(ascii: "\"")): state = .outside
    case (.inside, UInt8(ascii: "\\")): state = .escaped
    case (.escaped, _): state = .inside
    case (.outside, _), (.inside, _): break
    }
  }
}
