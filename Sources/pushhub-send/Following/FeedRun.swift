import Glibc
import HubProtocol

/// A feed at work, until a signal ends it: waits at once for the hub, for standard output, for a command that runs, and for
/// signals; looks for a hub that is gone until it is back.
///
/// While a command runs, or a reader of standard output lets it wait, nothing is lost: the feed says when it has room.
struct FeedRun<Source: Feed> {
  private enum Link {
    case open(HubConnection, unsent: ArraySlice<UInt8>)
    case lost(String, retryAt: Deadline)
    /// What ends it all, once what waits has been handed out.
    case ended(Failure)
  }

  private enum Work {
    case none
    case output(ArraySlice<UInt8>, then: EventCommand?)
    case command(RunningCommand)
  }

  /// No pipe that has room at all has room for less (PIPE_BUF), so that such a write never blocks.
  private static var maxWrittenBytes: Int { 4096 }
  /// Of a hub that is known to be gone, a single attempt must not hold up a signal for long.
  private static var attempt: Timeout { Timeout(milliseconds: 1_000) }

  private var feed: Source
  private var state: StateFile?
  private var link: Link
  private var work = Work.none
  private var lines = LineReader(maxLineBytes: HubConnection.maxReplyBytes)
  private var pauses = ReconnectPauses()
  private let signals: StopSignals
  private let paths: SocketPaths
  private let timeout: Timeout
  /// When the hub must have answered for the first time; nil once it has.
  private var deadline: Deadline?
  /// Whether it was told that the hub is gone.
  private var isAbsenceTold = false
  private let writesOutput: Bool
  private var stop: Int32?

  /// - Parameters:
  ///   - writesOutput: whether there will be any; else it does not matter whether standard output is gone.
  ///   - deadline: that of the connection.
  init(
    _ feed: Source, state: StateFile?, connection: HubConnection, writesOutput: Bool, timeout: Timeout,
    deadline: Deadline
  ) throws(Failure) {
    self.feed = feed
    self.state = state
    self.writesOutput = writesOutput
    self.timeout = timeout
    self.deadline = deadline
    signals = try StopSignals()
    paths = SocketPaths(only: connection.path)
    link = .open(connection, unsent: feed.request[...])
  }

  /// - Returns: the signal that ended it.
  mutating func run() throws(Failure) -> Int32 {
    while true {
      for problem in feed.problems { StandardStreams.report(problem) }
      feed.problems.removeAll()
      if case .none = work {
        if let stop { return stop }
        if let delivery = feed.nextDelivery() {
          try begin(delivery)
          continue
        }
        if case .ended(let failure) = link { throw failure }
      }
      try step()
    }
  }

  // MARK: - Handing out

  private mutating func begin(_ delivery: Delivery) throws(Failure) {
    if !delivery.output.isEmpty {
      work = .output(delivery.output[...], then: delivery.command)
    } else if let command = delivery.command {
      work = .command(try RunningCommand(command, signalMask: signals.previousMask))
    } else {
      try finish()
    }
  }

  private mutating func finish() throws(Failure) {
    work = .none
    feed.delivered()
    try keepPosition()
  }

  private mutating func keepPosition() throws(Failure) {
    if let position = feed.position { try state?.keep(position) }
  }

  private mutating func writeOutput(_ output: ArraySlice<UInt8>, then command: EventCommand?) throws(Failure) {
    let count = output.prefix(Self.maxWrittenBytes).withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    guard count >= 0 else {
      guard errno != EINTR, errno != EAGAIN else { return }
      return try outputFailed(errno)
    }
    let rest = output.dropFirst(count)
    if !rest.isEmpty {
      work = .output(rest, then: command)
    } else if let command {
      work = .command(try RunningCommand(command, signalMask: signals.previousMask))
    } else {
      try finish()
    }
  }

  /// Whoever read standard output does not want any more.
  private mutating func outputFailed(_ error: Int32) throws(Failure) {
    guard error == EPIPE else {
      throw Failure(.inputOutput, "cannot write to standard output: \(SystemError.text(error))")
    }
    work = .none
    stop = SIGPIPE
  }

  private mutating func commandEnded(_ command: RunningCommand, _ end: RunningCommand.End) throws(Failure) {
    switch end {
    case .exited(0): break
    case .exited(let status): feed.problems.append("the command for \(command.event) exited with \(status)")
    case .killed(let signal):
      // The same signal often goes to all processes of a terminal or a service: this event was not done.
      if stop != nil, [SIGTERM, SIGINT, SIGHUP].contains(signal) {
        work = .none
        return
      }
      feed.problems.append("the command for \(command.event) was ended by signal \(signal)")
    }
    try finish()
  }

  // MARK: - Waiting

  private mutating func step() throws(Failure) {
    var isWriting = false
    if case .output = work { isWriting = true }
    var hub: (descriptor: Int32, events: Int16)?
    var due = deadline
    switch link {
    case .open(let connection, let unsent):
      let events = (feed.wantsInput && stop == nil ? Poll.readable : 0) | (unsent.isEmpty ? 0 : Poll.writable)
      if events != 0 { hub = (connection.descriptor, events) }
    case .lost(_, let retryAt): due = min(deadline ?? retryAt, retryAt)
    case .ended: due = nil
    }
    if stop != nil { due = isWriting ? Deadline(after: Timeout(milliseconds: 0)) : nil }
    var descriptors = [
      Poll.descriptor(signals.descriptor, Poll.readable),
      Poll.descriptor(writesOutput ? STDOUT_FILENO : nil, isWriting ? Poll.writable : 0),
      Poll.descriptor(hub?.descriptor, hub?.events ?? 0),
    ]
    guard try Poll.wait(&descriptors, until: due) else { return try timePassed() }
    if descriptors[0].revents != 0 { try takeSignals() }
    if descriptors[1].revents != 0 { try outputIsReady(descriptors[1].revents) }
    if descriptors[2].revents != 0 { try hubIsReady(descriptors[2].revents) }
  }

  private mutating func timePassed() throws(Failure) {
    if stop != nil {
      // Nobody takes the rest of the output.
      work = .none
      return
    }
    if let deadline, deadline.remainingMilliseconds == 0 {
      guard case .lost(let reason, _) = link else {
        throw Failure(.tryAgain, "no reply from the hub within \(timeout.description)")
      }
      throw Failure(.tryAgain, "no reply from the hub within \(timeout.description) (\(reason))")
    }
    connect()
  }

  private mutating func takeSignals() throws(Failure) {
    while let signal = signals.next() {
      if signal == SIGCHLD {
        if case .command(let command) = work, let end = command.end() { try commandEnded(command, end) }
      } else if stop == nil {
        stop = signal
      } else {
        // The second does not wait for the command.
        work = .none
      }
    }
  }

  private mutating func outputIsReady(_ events: Int16) throws(Failure) {
    if case .output(let output, let command) = work {
      try writeOutput(output, then: command)
    } else if events & Int16(POLLNVAL) != 0 {
      try outputFailed(EBADF)
    } else if events & Int16(POLLERR | POLLHUP) != 0, stop == nil {
      stop = SIGPIPE
    }
  }

  // MARK: - The hub

  private mutating func hubIsReady(_ events: Int16) throws(Failure) {
    guard case .open(let connection, let unsent) = link else { return }
    if events & Poll.writable != 0, !unsent.isEmpty {
      // Where the hub takes no more, only what it has said counts.
      link = .open(connection, unsent: connection.send(unsent).map { unsent.dropFirst($0) } ?? [])
    }
    guard events & ~Poll.writable != 0 else { return }
    switch connection.receive() {
    case .bytes(let bytes): try take(bytes, from: connection)
    case .nothingYet: break
    case .closed: lose(connection, "the hub closed the connection")
    }
  }

  private mutating func take(_ bytes: [UInt8], from connection: HubConnection) throws(Failure) {
    var rest = bytes[...]
    while let line = lines.next(in: &rest) {
      do throws(Failure) {
        switch try feed.received(HubConnection.reply(line)) {
        case .goOn: continue
        case .established: established()
        case .askAgain:
          if case .open(let connection, let unsent) = link { link = .open(connection, unsent: unsent + feed.request) }
          continue
        case .reconnect(let reason): return lose(connection, reason)
        }
      } catch {
        connection.close()
        link = .ended(error)
        return
      }
      try keepPosition()
    }
  }

  private mutating func established() {
    deadline = nil
    isAbsenceTold = false
    pauses.reset()
  }

  private mutating func lose(_ connection: HubConnection, _ reason: String) {
    connection.close()
    feed.connectionEnded()
    lines = LineReader(maxLineBytes: HubConnection.maxReplyBytes)
    link = .lost(reason, retryAt: Deadline(after: Timeout(milliseconds: pauses.next())))
  }

  private mutating func connect() {
    guard case .lost(let reason, let retryAt) = link, retryAt.remainingMilliseconds == 0 else { return }
    do throws(Failure) {
      let connection = try HubConnection.open(paths, deadline: Deadline(after: Self.attempt), timeout: Self.attempt)
      link = .open(connection, unsent: feed.request[...])
    } catch {
      if !isAbsenceTold { feed.problems.append("\(reason): waiting for it to come back") }
      isAbsenceTold = true
      link = .lost(reason, retryAt: Deadline(after: Timeout(milliseconds: pauses.next())))
    }
  }
}
