import HubProtocol

/// The bookkeeping of `--lines`: input lines become commands, replies come back in the same order, and what a connection
/// did not settle goes out again over the next. It decides; `LineRun` reads, writes, connects and waits.
///
/// What is held is bounded: no input is wanted while `maxUnsettled` lines or `maxHeldBytes` wait for the hub, so that a
/// hub that stops reading stops the input too.
struct LinePipeline {
  /// Far over what a hub takes by default (1 MiB): such a line goes out, and the hub says what is wrong with it.
  static let maxLineBytes = 16 << 20
  static let maxHeldBytes = 256 << 10
  /// As many lines may come twice after a hub has crashed.
  static let maxUnsettled = 64

  private let head: [UInt8]
  private let form: Publication.PayloadForm
  private let format: AnswerFormat
  private var input: LineReader
  /// What was read of the input and is no line yet, or one too many.
  private var unread = ArraySlice<UInt8>()
  private var replies = LineReader(maxLineBytes: HubConnection.maxReplyBytes)
  private var lineNumber = 0
  private var inputEnded = false
  private var window = CommandWindow()
  /// What the hub said when it would accept nothing more over this connection.
  private(set) var goodbye: Failure?

  /// For standard output and standard error; whoever shows them empties them.
  var output: [UInt8] = []
  var problems: [String] = []
  private(set) var exitCode = ExitCode.done

  init(
    _ publication: Publication, format: AnswerFormat, maxLineBytes: Int = LinePipeline.maxLineBytes
  ) throws(Failure) {
    head = try publication.head()
    form = publication.form
    self.format = format
    input = LineReader(maxLineBytes: maxLineBytes)
  }

  var wantsInput: Bool { !inputEnded && hasRoom }
  /// Whether lines are there that the hub has yet to accept or refuse.
  var needsHub: Bool { !window.isEmpty }
  var isFinished: Bool { inputEnded && window.isEmpty }
  /// Nothing more is to be had from this connection.
  var isConnectionSpent: Bool { goodbye != nil && !window.awaitsReply }
  /// What the connection is to be given next.
  var unsent: ArraySlice<UInt8> { goodbye == nil ? window.unsent : [] }

  private var hasRoom: Bool { window.byteCount < Self.maxHeldBytes && window.count < Self.maxUnsettled }

  mutating func read(_ bytes: [UInt8]) {
    unread = unread.isEmpty ? bytes[...] : unread + bytes
    fill()
  }

  mutating func reachedEndOfInput() {
    inputEnded = true
    let isInLine = unread.last.map { $0 != CommandWriter.lineEnd } ?? input.hasIncompleteLine
    if isInLine { unread.append(CommandWriter.lineEnd) }
    fill()
  }

  mutating func sent(_ count: Int) { window.sent(count) }

  /// - Returns: whether a line is settled by it.
  mutating func received(_ bytes: [UInt8]) throws(Failure) -> Bool {
    var rest = bytes[...]
    var isAnySettled = false
    while let line = replies.next(in: &rest) {
      if try take(HubConnection.reply(line)) { isAnySettled = true }
    }
    fill()
    return isAnySettled
  }

  /// The connection has ended, from whichever side. A hub that ends in order answers all that it was sent before, so
  /// that nothing of what goes out again has been published; after any other end that is not known.
  mutating func connectionEnded() {
    let doubtful = window.restart()
    goodbye = nil
    replies = LineReader(maxLineBytes: HubConnection.maxReplyBytes)
    guard !doubtful.isEmpty else { return }
    problems.append("the hub went away without an answer to \(Self.list(doubtful)): sent again, and may come twice")
  }

  /// What a person needs to know of the lines that are not settled, for the end of a message; empty if there are none.
  var unsettledLines: String {
    let (doubtful, unpublished) = window.remainder
    var text = ""
    if !doubtful.isEmpty { text += "; \(Self.list(doubtful)) may or may not have been published" }
    if !unpublished.isEmpty { text += "; \(Self.list(unpublished)) and what follows were not published" }
    return text
  }

  /// - Parameter lines: at least one, ascending; those between that are settled are not worth telling apart.
  private static func list(_ lines: [Int]) -> String {
    let (first, last) = (lines[0], lines[lines.count - 1])
    return first == last ? "line \(first)" : "lines \(first) to \(last)"
  }

  /// Makes commands of the lines that wait. After it, if there is room, no whole line waits.
  private mutating func fill() {
    while hasRoom, let line = input.next(in: &unread) {
      lineNumber += 1
      switch line {
      case .complete(let payload): send(payload)
      case .tooLong: report(Failure(.badData, "too-long: over \(input.maxLineBytes) bytes"), line: lineNumber)
      }
    }
  }

  private mutating func send(_ payload: [UInt8]) {
    guard !isEmpty(payload) else { return }
    do throws(Failure) {
      window.append([head, try PayloadEncoder.encode(payload, as: form), [CommandWriter.lineEnd]], line: lineNumber)
    } catch {
      report(error, line: lineNumber)
    }
  }

  /// A line of blanks is a text, but no JSON.
  private func isEmpty(_ payload: [UInt8]) -> Bool {
    switch form {
    case .text, .raw: payload.isEmpty
    case .json: payload.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
  }

  /// - Returns: whether a line is settled by it.
  private mutating func take(_ reply: [UInt8]) throws(Failure) -> Bool {
    if case .error(let code, let message) = ReceivedReply(reply, to: format.content) {
      // The hub is stopping; `incomplete` is what it says to a command whose end it does not wait for.
      let isLast = ["draining", "incomplete"].contains(code)
      // A hub that is full or stopping says so unasked, before it closes.
      guard window.canBeAnswered, !isLast else {
        if window.canBeAnswered { window.postpone() }
        goodbye = Failure(code: code, message: message)
        return false
      }
    }
    guard window.canBeAnswered else {
      throw Failure(.unavailable, "what listens on this socket answers more than it was asked")
    }
    let answer = try format.answer(to: reply)
    let line = window.settle()
    output += answer.output
    if let failure = answer.failure { report(failure, line: line) }
    return true
  }

  private mutating func report(_ failure: Failure, line: Int) {
    problems.append("line \(line): \(failure.message)")
    exitCode = exitCode.combined(with: failure.code)
  }
}
