import HubProtocol

/// How the answers to one kind of command are shown, and which of them are failures.
struct AnswerFormat {
  struct Answer: Equatable {
    /// For standard output, with its line break; empty where there is nothing to show.
    var output: [UInt8]
    var failure: Failure?
  }

  /// What the hub says after `OK`.
  var content: ReceivedReply.Form
  var style: Invocation.OutputStyle
  var requiresDelivery = false

  /// - Parameter line: one line from the hub, without its line break.
  /// - Throws: `unavailable` if that is nothing that a hub answers.
  func answer(to line: [UInt8]) throws(Failure) -> Answer {
    switch ReceivedReply(line, to: content) {
    case .published(let id, let sentCount):
      let nobody = requiresDelivery && sentCount == 0
      return Answer(
        output: shown("\(id) \(sentCount)".utf8) {
          $0.member("id", id)
          $0.member("sentCount", sentCount)
        }, failure: nobody ? Failure(.undelivered, "no connection got the event") : nil)
    case .closed(let count): return Answer(output: shown("\(count)".utf8) { $0.member("closedCount", count) })
    case .changed(let count): return Answer(output: shown("\(count)".utf8) { $0.member("changedCount", count) })
    case .json(let json): return Answer(output: style == .quiet ? [] : json + [UInt8(ascii: "\n")])
    case .pong: return Answer(output: shown("pong".utf8) { $0.member("pong", true) })
    case .error(let code, let message):
      var failure = Failure(code: code, message: message)
      // Nobody got the event, which is what the caller asked to be told by this code.
      if requiresDelivery, ErrorCode(rawValue: code) == .unknownConnection { failure.code = .undelivered }
      return Answer(output: [], failure: failure)
    // The answers to LISTEN and WATCH are for those who follow.
    case .listening, .present, nil: throw Failure.notFromAHub(line)
    }
  }

  private func shown(_ plain: String.UTF8View, json: (inout JSONText) -> Void) -> [UInt8] {
    switch style {
    case .plain: plain + [UInt8(ascii: "\n")]
    case .json: JSONText.object(json) + [UInt8(ascii: "\n")]
    case .quiet: []
    }
  }
}
