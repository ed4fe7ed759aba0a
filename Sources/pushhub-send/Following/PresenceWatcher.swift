import HubProtocol

/// Watches who is there. The hub begins with a list, over each connection; of every list but the first, what has changed
/// meanwhile is told as if it had just happened.
struct PresenceWatcher: Feed {
  static let maxWaitingBytes = 256 << 10

  private enum State {
    case asking
    /// So many lines of the list are to come; what came.
    case listing(missing: Int, listed: Set<ReceivedPresence.Place>)
    case watching
  }

  private let topic: String?
  private let style: Invocation.OutputStyle
  private var state = State.asking
  private var present: Set<ReceivedPresence.Place> = []
  /// Whether a list has come to its end.
  private var hasList = false
  private var output: [UInt8] = []

  let position: String? = nil
  var problems: [String] = []

  /// - Parameter topic: a name or a pattern; nil for all users.
  init(topic: String?, style: Invocation.OutputStyle) {
    self.topic = topic
    self.style = style
  }

  var request: [UInt8] { CommandWriter.watch(topic: topic) }
  var wantsInput: Bool { output.count < Self.maxWaitingBytes }

  mutating func received(_ line: [UInt8]) throws(Failure) -> FeedStep {
    switch state {
    case .asking:
      guard case .present(let count) = ReceivedReply(line, to: .present) else { return try refused(line) }
      state = .listing(missing: count, listed: [])
      if count == 0 { finishList([]) }
      return .established
    case .listing(let missing, var listed):
      guard let presence = ReceivedPresence(line), presence.action == .present else { return try refused(line) }
      // Else the set would be copied for each line.
      state = .asking
      listed.insert(presence.place)
      if present.insert(presence.place).inserted { tell(hasList ? .join : .present, presence.place) }
      if missing > 1 { state = .listing(missing: missing - 1, listed: listed) } else { finishList(listed) }
      return .goOn
    case .watching:
      guard let presence = ReceivedPresence(line) else { return try refused(line) }
      switch presence.action {
      case .join, .present: present.insert(presence.place)
      case .leave: present.remove(presence.place)
      }
      tell(presence.action, presence.place)
      return .goOn
    }
  }

  mutating func connectionEnded() { state = .asking }

  mutating func nextDelivery() -> Delivery? {
    guard !output.isEmpty else { return nil }
    defer { output.removeAll(keepingCapacity: true) }
    return Delivery(output: output, command: nil)
  }

  mutating func delivered() {}

  private mutating func finishList(_ listed: Set<ReceivedPresence.Place>) {
    for place in present.subtracting(listed).sorted(by: { $0.user.text < $1.user.text }) { tell(.leave, place) }
    present = listed
    hasList = true
    state = .watching
  }

  private mutating func tell(_ action: ReceivedPresence.Action, _ place: ReceivedPresence.Place) {
    output += EventFormat.line(action, place, style)
  }

  private mutating func refused(_ line: [UInt8]) throws(Failure) -> FeedStep {
    guard case .error(let code, let message) = ReceivedReply(line, to: .present) else {
      throw Failure.notFromAHub(line)
    }
    let failure = Failure(code: code, message: message)
    switch (ErrorCode(rawValue: code), state) {
    case (.slowConsumer, .watching):
      state = .asking
      return .askAgain
    case (.slowConsumer, _), (.draining, _), (.overloaded, _), (.rateLimited, _), (.incomplete, _):
      return .reconnect(failure.message)
    default: throw failure
    }
  }
}
