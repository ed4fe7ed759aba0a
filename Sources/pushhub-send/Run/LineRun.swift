import Glibc

/// `--lines` at work: waits for input and hub at once, so that a line leaves as soon as it is there, no line waits for the
/// reply to the one before, and a hub that goes away is noticed while the input is quiet.
///
/// A lost hub is looked for again as soon as there is something to send it. While there is, the hub must accept or refuse
/// a line within each `timeout`, however often it was lost meanwhile.
struct LineRun {
  private enum Link {
    /// The hub takes more, or only answers.
    case open(HubConnection, takesMore: Bool)
    /// Lost; the reason, and when the next attempt is due.
    case lost(String, retryAt: Deadline)
  }

  private var pipeline: LinePipeline
  private var link: Link
  /// Only where the hub was: another one that is found meanwhile has other readers.
  private let paths: SocketPaths
  private let input: Int32
  private let timeout: Timeout
  private var pauses = ReconnectPauses()
  /// When the hub must have settled the next line; without meaning while nothing waits for that.
  private var deadline: Deadline

  init(_ pipeline: LinePipeline, input: Int32, connection: HubConnection, timeout: Timeout) {
    self.pipeline = pipeline
    self.input = input
    self.timeout = timeout
    link = .open(connection, takesMore: true)
    paths = SocketPaths(only: connection.path)
    deadline = Deadline(after: timeout)
  }

  /// Returns once the input has ended and every line is settled.
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
    let neededHub = pipeline.needsHub
    var isAnySettled = false
    switch link {
    case .open(let connection, let takesMore): isAnySettled = try serve(connection, takesMore)
    case .lost(_, let retryAt): try reconnect(at: retryAt)
    }
    if isAnySettled { pauses.reset() }
    if isAnySettled || !neededHub { deadline = Deadline(after: timeout) }
  }

  // MARK: - With a hub

  private mutating func serve(_ connection: HubConnection, _ takesMore: Bool) throws(Failure) -> Bool {
    let wantsToSend = takesMore && !pipeline.unsent.isEmpty
    var descriptors = [
      Poll.descriptor(connection.descriptor, Poll.readable | (wantsToSend ? Poll.writable : 0)),
      Poll.descriptor(pipeline.wantsInput ? input : nil, Poll.readable),
    ]
    guard try Poll.wait(&descriptors, until: pipeline.needsHub ? deadline : nil) else {
      throw Failure(.tryAgain, "no reply from the hub within \(timeout.description)\(pipeline.unsettledLines)")
    }
    var isAnySettled = false
    // Replies first: a hub that refuses everything says why before it closes.
    if descriptors[0].revents & ~Poll.writable != 0 { isAnySettled = try receive(connection) }
    if descriptors[0].revents & Poll.writable != 0 { send(connection) }
    if descriptors[1].revents != 0 { try readInput() }
    return isAnySettled
  }

  private mutating func receive(_ connection: HubConnection) throws(Failure) -> Bool {
    switch connection.receive() {
    case .bytes(let bytes):
      let isAnySettled = try pipeline.received(bytes)
      if pipeline.isConnectionSpent { lose(connection) }
      return isAnySettled
    case .nothingYet: return false
    case .closed:
      lose(connection)
      return false
    }
  }

  private mutating func send(_ connection: HubConnection) {
    // Nothing is left where the reply just read was the last.
    guard case .open = link, !pipeline.unsent.isEmpty else { return }
    if let count = connection.send(pipeline.unsent) {
      pipeline.sent(count)
    } else {
      link = .open(connection, takesMore: false)
    }
  }

  private mutating func lose(_ connection: HubConnection) {
    let reason = pipeline.goodbye?.message ?? "it closed the connection"
    connection.close()
    pipeline.connectionEnded()
    link = .lost(reason, retryAt: Deadline(after: Timeout(milliseconds: pauses.next())))
  }

  // MARK: - Without a hub

  private mutating func reconnect(at retryAt: Deadline) throws(Failure) {
    var descriptors = [Poll.descriptor(pipeline.wantsInput ? input : nil, Poll.readable)]
    let isReady = try Poll.wait(&descriptors, until: pipeline.needsHub ? min(retryAt, deadline) : nil)
    if isReady { return try readInput() }
    guard deadline.remainingMilliseconds > 0 else { throw abandoned() }
    do throws(Failure) {
      link = .open(try HubConnection.open(paths, deadline: deadline, timeout: timeout), takesMore: true)
    } catch {
      link = .lost(error.message, retryAt: Deadline(after: Timeout(milliseconds: pauses.next())))
    }
  }

  private func abandoned() -> Failure {
    guard case .lost(let reason, _) = link else { preconditionFailure("a hub is given up only where it was lost") }
    return Failure(
      .tryAgain,
      "the hub went away and did not come back within \(timeout.description) (\(reason))\(pipeline.unsettledLines)")
  }

  // MARK: - Input and output

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
