/// One line of answer, as a publisher reads what a `Reply` wrote.
///
/// Ids and codes are text here: a hub of another version may have others, and a publisher only shows them.
package enum ReceivedReply: Equatable, Sendable {
  case published(id: String, sentCount: Int)
  case closed(Int)
  /// How many connections follow other topics than before.
  case changed(Int)
  case json([UInt8])
  case pong
  /// From where on events come, and a `ReplayOutcome`.
  case listening(position: String, outcome: String)
  /// How many lines of those present follow.
  case present(Int)
  /// The message may be empty.
  case error(code: String, message: String)

  /// What success looks like, which only the command tells.
  package enum Form: Sendable { case published, closed, changed, json, pong, listening, present }

  /// - Parameter line: without its end.
  /// - Returns: nil where no hub answers so.
  package init?(_ line: [UInt8], to form: Form) {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
    let rest = words.count > 1 ? words[1] : []
    switch words.first {
    case let first? where first.elementsEqual("OK".utf8): self.init(success: rest, of: form)
    case let first? where first.elementsEqual("ERR".utf8): self.init(error: rest)
    default: return nil
    }
  }

  private init?(success rest: ArraySlice<UInt8>, of form: Form) {
    let words = rest.split(separator: UInt8(ascii: " "))
    switch form {
    case .published:
      guard words.count >= 2, let sentCount = Self.count(words[1]) else { return nil }
      self = .published(id: String(decoding: words[0], as: UTF8.self), sentCount: sentCount)
    case .closed:
      guard let count = words.first.flatMap(Self.count) else { return nil }
      self = .closed(count)
    case .changed:
      guard let count = words.first.flatMap(Self.count) else { return nil }
      self = .changed(count)
    case .json:
      guard rest.first == UInt8(ascii: "{") || rest.first == UInt8(ascii: "[") else { return nil }
      self = .json(Array(rest))
    case .pong:
      guard rest.elementsEqual("pong".utf8) else { return nil }
      self = .pong
    case .listening:
      guard words.count >= 2 else { return nil }
      self = .listening(
        position: String(decoding: words[0], as: UTF8.self), outcome: String(decoding: words[1], as: UTF8.self))
    case .present:
      guard let count = words.first.flatMap(Self.count) else { return nil }
      self = .present(count)
    }
  }

  private init?(error rest: ArraySlice<UInt8>) {
    let words = rest.split(separator: UInt8(ascii: " "), maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
    guard let code = words.first else { return nil }
    self = .error(code: code, message: words.count > 1 ? words[1] : "")
  }

  private static func count(_ digits: ArraySlice<UInt8>) -> Int? {
    digits.allSatisfy(\.isDigit) ? Int(String(decoding: digits, as: UTF8.self)) : nil
  }
}
