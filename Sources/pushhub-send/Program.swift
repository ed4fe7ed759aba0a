import Glibc
import HubProtocol

/// `pushhub-send`, from its arguments to its exit code.
enum Program {
  static let version = "0.1.0"

  /// - Parameter arguments: without the program's name.
  static func run(_ arguments: [[UInt8]], environment: [String: String]) -> ExitCode {
    // A peer that is gone is an error to report, not a reason to die without a word.
    signal(SIGPIPE, SIG_IGN)
    do throws(Failure) {
      try StandardStreams.reserveDescriptors()
      return try perform(InvocationParser.parse(arguments), environment: environment)
    } catch {
      StandardStreams.report(error.message)
      return error.code
    }
  }

  private static func perform(_ invocation: Invocation, environment: [String: String]) throws(Failure) -> ExitCode {
    var format = AnswerFormat(
      content: .published, style: invocation.output, requiresDelivery: invocation.requiresDelivery)
    let command: [UInt8]
    switch invocation.task {
    case .help(let word): return try show(word.map(HelpText.text) ?? HelpText.text)
    case .version: return try show("pushhub-send \(version)\n")
    case .publishLines(let publication, let source):
      let pipeline = try LinePipeline(publication, format: format)
      return try publishLines(of: source, pipeline, socketPaths(invocation, environment), invocation.timeout)
    case .publish(let publication, let payload):
      command = try publication.head() + json(payload, publication.form) + [CommandWriter.lineEnd]
    case .disconnect(let target, let reason):
      format.content = .closed
      command = try close(target, reason)
    case .subscribe(let target, let topics, let duration):
      format.content = .changed
      command = CommandWriter.subscribe(target, to: topics, for: duration)
    case .unsubscribe(let target, let topics):
      format.content = .changed
      command = CommandWriter.unsubscribe(target, from: topics)
    case .changeRights(let user, let change):
      format.content = .closed
      command = change.line(for: user)
    case .listen(let listening):
      var state: StateFile?
      if let path = listening.statePath { state = try StateFile(path) }
      let listener = EventListener(listening, style: invocation.output, position: state?.id)
      let writesOutput = invocation.output == .json || invocation.output == .plain && listening.command == nil
      try follow(listener, state, writesOutput, socketPaths(invocation, environment), invocation.timeout)
    case .watch(let topic):
      let watcher = PresenceWatcher(topic: topic, style: invocation.output)
      let writesOutput = invocation.output != .quiet
      try follow(watcher, nil, writesOutput, socketPaths(invocation, environment), invocation.timeout)
    case .query(let query):
      format.content = query == .ping ? .pong : .json
      command = query.line
    }
    return try ask(command, format, socketPaths(invocation, environment), invocation.timeout)
  }

  private static func close(_ target: TargetText, _ reason: String?) throws(Failure) -> [UInt8] {
    do throws(CommandWriter.Refusal) {
      return try CommandWriter.close(target, reason: reason)
    } catch {
      throw Failure(error)
    }
  }

  private static func socketPaths(
    _ invocation: Invocation, _ environment: [String: String]
  ) throws(Failure) -> SocketPaths {
    try SocketPaths(option: invocation.socketPath, environment: environment)
  }

  private static func show(_ text: String) throws(Failure) -> ExitCode {
    try StandardStreams.write(Array(text.utf8))
    return .done
  }

  private static func json(_ payload: Payload, _ form: Publication.PayloadForm) throws(Failure) -> [UInt8] {
    switch payload {
    case .argument(let bytes): return try PayloadEncoder.encode(bytes, as: form)
    case .pairs(let pairs): return try ObjectEncoder.encode(pairs)
    case .input(let source):
      let content = try InputFile.readAll(source)
      return try PayloadEncoder.encode(PayloadEncoder.withoutFinalLineBreak(content), as: form)
    }
  }

  private static func ask(
    _ command: [UInt8], _ format: AnswerFormat, _ paths: SocketPaths, _ timeout: Timeout
  ) throws(Failure) -> ExitCode {
    let deadline = Deadline(after: timeout)
    let connection = try HubConnection.open(paths, deadline: deadline, timeout: timeout)
    let answer = try format.answer(to: connection.exchange(command, deadline: deadline, timeout: timeout))
    try StandardStreams.write(answer.output)
    if let failure = answer.failure { throw failure }
    return .done
  }

  private static func publishLines(
    of source: InputSource, _ pipeline: LinePipeline, _ paths: SocketPaths, _ timeout: Timeout
  ) throws(Failure) -> ExitCode {
    let input = try InputFile.open(source)
    let connection = try HubConnection.open(paths, deadline: Deadline(after: timeout), timeout: timeout)
    var run = LineRun(pipeline, input: input, connection: connection, timeout: timeout)
    return try run.run()
  }

  /// Does not come back but by a failure: a signal ends it.
  private static func follow(
    _ feed: some Feed, _ state: StateFile?, _ writesOutput: Bool, _ paths: SocketPaths, _ timeout: Timeout
  ) throws(Failure) -> Never {
    let deadline = Deadline(after: timeout)
    let connection = try HubConnection.open(paths, deadline: deadline, timeout: timeout)
    var run = try FeedRun(
      feed, state: state, connection: connection, writesOutput: writesOutput, timeout: timeout, deadline: deadline)
    Process.end(by: try run.run())
  }
}
