import HubProtocol

/// Listens to events, from one position on over however many connections.
///
/// What waits is bounded: while `maxWaitingBytes` do, nothing is read. A hub that has more than its own bound for this
/// listener then drops it, and is asked again from the last event that was read.
struct EventListener: Feed {
  static let maxWaitingBytes = 256 << 10

  private enum State {
    /// Without an answer to LISTEN so far.
    case asking
    /// `isMoving` once an event has come.
    case listening(isMoving: Bool)
  }

  private enum Start {
    case now
    /// Everything that history holds.
    case beginning
    case after(String)

    /// As `since=` takes it.
    var text: String? {
      switch self {
      case .now: nil
      case .beginning: "start"
      case .after(let id): id
      }
    }
  }

  private struct Waiting {
    let event: ReceivedEvent
    let byteCount: Int
  }

  private let targets: [ListenText]
  private let command: String?
  private let style: Invocation.OutputStyle
  private var state = State.asking
  private var start: Start
  private var waiting = ArraySlice<Waiting>()
  private var waitingBytes = 0
  /// How many of those that wait are being handed out.
  private var deliveringCount = 0

  private(set) var position: String?
  var problems: [String] = []

  /// - Parameter position: the last event that was handed out before; it counts more than where the listening says to
  ///   begin.
  init(_ listening: Listening, style: Invocation.OutputStyle, position: String?) {
    targets = listening.targets
    command = listening.command
    self.style = style
    self.position = position
    switch position ?? listening.since {
    case "start"?: start = .beginning
    case let id?: start = .after(id)
    case nil: start = .now
    }
  }

  var request: [UInt8] { CommandWriter.listen(to: targets, since: start.text) }
  var wantsInput: Bool { waitingBytes < Self.maxWaitingBytes }

  mutating func received(_ line: [UInt8]) throws(Failure) -> FeedStep {
    switch state {
    case .asking: return try begin(line)
    case .listening(let isMoving):
      if let event = ReceivedEvent(line) {
        waiting.append(Waiting(event: event, byteCount: line.count))
        waitingBytes += line.count
        start = .after(event.id)
        state = .listening(isMoving: true)
        return .goOn
      }
      state = .asking
      return try refused(line, isMoving: isMoving)
    }
  }

  mutating func connectionEnded() { state = .asking }

  mutating func nextDelivery() -> Delivery? {
    guard let first = waiting.first?.event else { return nil }
    guard let command else {
      deliveringCount = waiting.count
      return Delivery(output: waiting.reduce(into: []) { $0 += EventFormat.line($1.event, style) }, command: nil)
    }
    deliveringCount = 1
    let run = EventCommand(
      command: command, input: first.text ?? first.json, id: first.id, type: first.type, target: first.target)
    return Delivery(output: style == .json ? EventFormat.line(first, style) : [], command: run)
  }

  mutating func delivered() {
    let done = waiting.prefix(deliveringCount)
    position = done.last?.event.id ?? position
    waitingBytes -= done.reduce(0) { $0 + $1.byteCount }
    waiting = waiting.dropFirst(deliveringCount)
    deliveringCount = 0
  }

  /// The answer to LISTEN.
  private mutating func begin(_ line: [UInt8]) throws(Failure) -> FeedStep {
    guard case .listening(let first, let outcome) = ReceivedReply(line, to: .listening) else {
      return try refused(line, isMoving: false)
    }
    switch start {
    // From here on nothing is to be missed. Elsewhere the events up to there come first.
    case .now:
      start = .after(first)
      if position == nil { position = first }
    case .after(let id) where outcome == ReplayOutcome.gap.rawValue:
      problems.append("gap: the hub no longer holds all events after \(id); what it holds comes now")
    case .after, .beginning: break
    }
    state = .listening(isMoving: false)
    return .established
  }

  private func refused(_ line: [UInt8], isMoving: Bool) throws(Failure) -> FeedStep {
    guard case .error(let code, let message) = ReceivedReply(line, to: .listening) else {
      throw Failure.notFromAHub(line)
    }
    let failure = Failure(code: code, message: message)
    switch ErrorCode(rawValue: code) {
    // It came in time as far as it came; where it did not come at all, asking again at once would not help.
    case .slowConsumer: return isMoving ? .askAgain : .reconnect(failure.message)
    case .draining, .overloaded, .rateLimited, .incomplete: return .reconnect(failure.message)
    default: throw failure
    }
  }
}
