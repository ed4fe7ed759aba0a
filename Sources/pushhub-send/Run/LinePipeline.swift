/// The bookkeeping of `--lines`: input lines become commands, replies come back in the same order. It decides; `LineRun`
/// reads, writes and waits.
///
/// What is held is bounded: no input is wanted while `maxUnsentBytes` wait for the hub or `maxUnanswered` lines for its
/// reply, so that a hub that stops reading stops the input too.
struct LinePipeline {
  /// Far over what a hub takes by default (1 MiB): such a line goes out, and the hub says what is wrong with it.
  static let maxLineBytes = 16 << 20
  static let maxUnsentBytes = 256 << 10
  static let maxUnanswered = 4_096

  private let head: [UInt8]
  private let form: Publication.PayloadForm
  private let format: AnswerFormat
  private var input: LineSplitter
  private var replies = LineSplitter(maxLineBytes: HubConnection.maxReplyBytes)
  private var lineNumber = 0
  private var inputEnded = false
  /// The numbers of the lines that the hub has yet to answer, oldest first, from `firstUnanswered` on.
  private var sentLines: [Int] = []
  private var firstUnanswered = 0

  private(set) var unsent = ByteQueue()
  /// For standard output and standard error; whoever shows them empties them.
  var output: [UInt8] = []
  var problems: [String] = []
  private(set) var exitCode = ExitCode.done

  init(
    _ publication: Publication, format: AnswerFormat, maxLineBytes: Int = LinePipeline.maxLineBytes
  ) throws(Failure) {
    head = try CommandLineEncoder.head(of: publication)
    form = publication.form
    self.format = format
    input = LineSplitter(maxLineBytes: maxLineBytes)
  }

  var wantsInput: Bool { !inputEnded && hasRoom }
  var awaitsReply: Bool { unansweredCount > 0 }
  var isFinished: Bool { inputEnded && unsent.isEmpty && !awaitsReply }

  private var unansweredCount: Int { sentLines.count - firstUnanswered }
  private var hasRoom: Bool { unsent.count < Self.maxUnsentBytes && unansweredCount < Self.maxUnanswered }

  mutating func read(_ bytes: some Collection<UInt8>) {
    input.append(bytes)
    fill()
  }

  mutating func reachedEndOfInput() {
    inputEnded = true
    input.end()
    fill()
  }

  mutating func sent(_ count: Int) {
    unsent.removeFirst(count)
    fill()
  }

  /// - Returns: whether a reply was complete.
  mutating func received(_ bytes: some Collection<UInt8>) throws(Failure) -> Bool {
    replies.append(bytes)
    var isReplyComplete = false
    while let line = replies.next() {
      try take(HubConnection.reply(line))
      isReplyComplete = true
    }
    fill()
    return isReplyComplete
  }

  /// What a person needs to know of the lines that got no answer, for the end of a message; empty if there are none.
  var unansweredLines: String {
    guard awaitsReply, let last = sentLines.last else { return "" }
    let first = sentLines[firstUnanswered]
    let lines = first == last ? "line \(first)" : "lines \(first) to \(last)"
    return "; \(lines) may or may not have been published"
  }

  /// Makes commands of the lines that wait. After it, if there is room, no whole line waits.
  private mutating func fill() {
    while hasRoom, let line = input.next() {
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
      let json = try PayloadEncoder.encode(payload, as: form)
      unsent.append(head)
      unsent.append(json)
      unsent.append([UInt8(ascii: "\n")])
      sentLines.append(lineNumber)
    } catch {
      report(error, line: lineNumber)
    }
  }

  /// A line of blanks is a text, but no JSON.
  private func isEmpty(_ payload: [UInt8]) -> Bool {
    switch form {
    case .text: payload.isEmpty
    case .json: payload.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
  }

  private mutating func take(_ reply: [UInt8]) throws(Failure) {
    guard awaitsReply else {
      // A hub that is full or stopping says so unasked, before it closes.
      if case .refused(let refusal) = Reply(line: reply) { throw refusal.failure }
      throw Failure(.unavailable, "what listens on this socket answers more than it was asked")
    }
    let answer = try format.answer(to: reply)
    let line = sentLines[firstUnanswered]
    firstUnanswered += 1
    if firstUnanswered >= Self.maxUnanswered || firstUnanswered == sentLines.count {
      sentLines.removeSubrange(..<firstUnanswered)
      firstUnanswered = 0
    }
    output += answer.output
    if let failure = answer.failure { report(failure, line: line) }
  }

  private mutating func report(_ failure: Failure, line: Int) {
    problems.append("line \(line): \(failure.message)")
    exitCode = exitCode.combined(with: failure.code)
  }
}
