/// How the answers to one kind of command are shown, and which of them are failures.
struct AnswerFormat {
  /// What the hub says after `OK`.
  enum Content {
    /// `<id> <sentCount>`
    case receipt
    /// `<closedCount>`
    case closedCount
    /// JSON, shown as it is.
    case document
    /// `pong`
    case pong
  }

  struct Answer: Equatable {
    /// For standard output, with its line break; empty where there is nothing to show.
    var output: [UInt8]
    var failure: Failure?
  }

  var content: Content
  var style: Invocation.OutputStyle
  var requiresDelivery = false

  /// - Parameter line: one line from the hub, without its line break.
  /// - Throws: `unavailable` if that is nothing that a hub answers.
  func answer(to line: [UInt8]) throws(Failure) -> Answer {
    switch Reply(line: line) {
    case .refused(let refusal): return Answer(output: [], failure: failure(of: refusal))
    case .accepted(let rest):
      if let answer = accepted(rest) { return answer }
    case nil: break
    }
    let excerpt = String(decoding: line.prefix(80), as: UTF8.self)
    throw Failure(.unavailable, "what listens on this socket does not answer as a hub does: \(excerpt)")
  }

  private func failure(of refusal: Reply.Refusal) -> Failure {
    var failure = refusal.failure
    // Nobody got the event, which is what the caller asked to be told by this code.
    if requiresDelivery && refusal.code == "unknown-connection" { failure.code = .undelivered }
    return failure
  }

  private func accepted(_ rest: [UInt8]) -> Answer? {
    let words = rest.split(separator: UInt8(ascii: " "))
    switch content {
    case .receipt:
      guard words.count >= 2, let sentCount = Self.count(words[1]) else { return nil }
      let id = JSONString.encode(words[0])
      let json = Array("{\"id\":".utf8) + id + ",\"sentCount\":\(sentCount)}".utf8
      let nobody = requiresDelivery && sentCount == 0
      return Answer(
        output: shown(plain: words[0] + " \(sentCount)".utf8, json: json),
        failure: nobody ? Failure(.undelivered, "no connection got the event") : nil)
    case .closedCount:
      guard let closedCount = words.first.flatMap(Self.count) else { return nil }
      return Answer(output: shown(plain: "\(closedCount)".utf8, json: "{\"closedCount\":\(closedCount)}".utf8))
    case .document:
      guard let first = rest.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
      return Answer(output: shown(plain: rest, json: rest))
    case .pong:
      guard rest.elementsEqual("pong".utf8) else { return nil }
      return Answer(output: shown(plain: rest, json: "{\"pong\":true}".utf8))
    }
  }

  private static func count(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private func shown(plain: some Collection<UInt8>, json: some Collection<UInt8>) -> [UInt8] {
    switch style {
    case .plain: plain + [UInt8(ascii: "\n")]
    case .json: json + [UInt8(ascii: "\n")]
    case .quiet: []
    }
  }
}
