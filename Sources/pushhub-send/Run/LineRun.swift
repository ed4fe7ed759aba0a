import Glibc

/// `--lines` at work: waits for input and hub at once, so that a line leaves as soon as it is there, no line waits for the
/// reply to the one before, and a hub that goes away is noticed while the input is quiet.
struct LineRun {
  private var pipeline: LinePipeline
  private let connection: HubConnection
  private let input: Int32
  private let timeout: Timeout
  /// When the hub must have answered next; without meaning while nothing waits for a reply.
  private var deadline: Deadline
  private var hubTakesMore = true

  init(_ pipeline: LinePipeline, input: Int32, connection: HubConnection, timeout: Timeout) {
    self.pipeline = pipeline
    self.input = input
    self.connection = connection
    self.timeout = timeout
    deadline = Deadline(after: timeout)
  }

  /// Returns once the input has ended and every line is answered.
  mutating func run() throws(Failure) -> ExitCode {
    while !pipeline.isFinished {
      do throws(Failure) {
        try step()
      } catch {
        // What is known of the lines before is still shown.
        try show()
        throw error
      }
      try show()
    }
    return pipeline.exitCode
  }

  private mutating func step() throws(Failure) {
    let wasWaiting = pipeline.awaitsReply
    let wantsToSend = hubTakesMore && !pipeline.unsent.isEmpty
    var descriptors = [
      Poll.descriptor(connection.descriptor, Poll.readable | (wantsToSend ? Poll.writable : 0)),
      Poll.descriptor(pipeline.wantsInput ? input : nil, Poll.readable),
    ]
    guard try Poll.wait(&descriptors, until: wasWaiting ? deadline : nil) else {
      throw Failure(.tryAgain, "no reply from the hub within \(timeout.description)\(pipeline.unansweredLines)")
    }
    var isAnswered = false
    // Replies first: a hub that refuses everything says why before it closes.
    if descriptors[0].revents & ~Poll.writable != 0 { isAnswered = try receive() }
    if descriptors[0].revents & Poll.writable != 0 { send() }
    if descriptors[1].revents != 0 { try readInput() }
    if isAnswered || !wasWaiting { deadline = Deadline(after: timeout) }
  }

  private mutating func receive() throws(Failure) -> Bool {
    switch connection.receive() {
    case .bytes(let bytes): return try pipeline.received(bytes)
    case .nothingYet: return false
    case .closed: throw Failure(.tryAgain, "the hub closed the connection\(pipeline.unansweredLines)")
    }
  }

  private mutating func send() {
    guard let count = connection.send(pipeline.unsent.bytes) else {
      hubTakesMore = false
      return
    }
    pipeline.sent(count)
  }

  private mutating func readInput() throws(Failure) {
    let bytes = try InputFile.read(input)
    if bytes.isEmpty { pipeline.reachedEndOfInput() } else { pipeline.read(bytes) }
  }

  private mutating func show() throws(Failure) {
    for problem in pipeline.problems { StandardStreams.report(problem) }
    pipeline.problems.removeAll()
    let output = pipeline.output
    pipeline.output.removeAll(keepingCapacity: true)
    try StandardStreams.write(output)
  }
}
