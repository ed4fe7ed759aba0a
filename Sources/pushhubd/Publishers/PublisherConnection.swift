import Glibc
import HubCore
import HubProtocol
import Runtime

/// One publisher: its lines are read, executed and answered in order, and between the replies come the events that it
/// listens to and the users whom it watches. Owned by its shard's thread, and owner of its socket.
///
/// All complete lines of one read are executed together and answered in one write. A publisher whose replies wait is not
/// read from, and so waits itself: of the lines that were read with those, none is executed before there is room for
/// its reply, as one line of a few bytes may ask for a reply of many.
final class PublisherConnection {
  /// More replies than this waiting, and nothing more is read or executed.
  static let maxWaitingReplyBytes = 64 << 10
  /// What is read in one turn. After it the events of these lines go out, and it is the others' turn: a publisher that is
  /// ahead of the network makes nobody wait longer than these lines take.
  private static let readSize = 32 << 10
  /// More lines of events than this in the output, and further ones wait where newer values can take their place.
  private static let maxWaitingEventBytes = 32 << 10
  /// So often it writes in one turn.
  private static let maxWritesAtOnce = 16

  enum Outcome {
    /// Nothing to do until the socket, or an answer, says so.
    case waiting
    /// There is more to read, but it is the others' turn.
    case unfinished
    case closed
  }

  private let socket: Descriptor
  let publisher: Publisher
  let place: PublisherPlaces.Place
  /// The shard's name for it.
  private let token: UInt64
  private let executor: CommandExecutor
  /// What a command asks that has to be asked elsewhere, until somebody has.
  private var question: Question?
  private var lines: LineReader
  /// Replies, and lines of events between them.
  private var output: [UInt8] = []
  private var written = 0
  /// An answer is on its way from other shards; the lines behind that command are held.
  private(set) var isAwaitingAnswer = false
  /// Lines that were read and may not be executed yet; those before `nextHeldLine` have been.
  private var heldLines: [LineReader.CopiedLine] = []
  private var nextHeldLine = 0
  private var hasPeerFinished = false
  /// Whether it listens or watches; where not, no turn looks at what follows.
  private var isFed = false
  /// What it listens to.
  private var feed: EventFeed?
  /// Whom it watches.
  private var presence: PresenceFeed?
  /// Whether lines were taken up, of events or users, that nobody has tried to write.
  private(set) var hasNews = false

  init(
    _ socket: consuming Descriptor, _ publisher: Publisher, _ place: PublisherPlaces.Place, token: UInt64, of hub: Hub
  ) {
    self.token = token
    self.socket = socket
    self.publisher = publisher
    self.place = place
    executor = CommandExecutor(hub: hub)
    lines = LineReader(maxLineBytes: hub.rules.settings.publish.maxLineBytes)
  }

  /// Reads once, executes and answers what there is. Call `takeQuestion` next.
  func advance(now: Moment) -> Outcome {
    _ = flush(now: now)
    let outcome = takeTurn(now: now)
    let isFlushed = flush(now: now)
    return outcome == .waiting && !isFlushed ? .unfinished : outcome
  }

  /// What has to be asked elsewhere; told once.
  func takeQuestion() -> Question? {
    defer { question = nil }
    return question
  }

  private func takeTurn(now: Moment) -> Outcome {
    guard mayExecute else { return .waiting }
    guard heldLines.isEmpty else {
      executeHeldLines(now: now)
      return .unfinished
    }
    if hasPeerFinished { return output.isEmpty && !owesLines ? .closed : .waiting }
    return read(now: now)
  }

  /// What has been sent until now is still read, executed and answered, and then `advance` says that it is closed. What
  /// the publisher writes from here on fails: whatever it could write in whole has an answer.
  func takeNothingMore() { shutdown(socket.number, CInt(SHUT_RD)) }

  /// What was found out about what was asked: its reply goes out, and `advance` goes on with the lines that waited for it.
  func tell(_ finding: Finding) {
    isAwaitingAnswer = false
    executor.reply(to: finding, publisher).append(to: &output)
  }

  /// Whether all that was executed has been answered, and the answers are written.
  var isIdle: Bool { output.isEmpty && !owesLines && !isAwaitingAnswer && heldLines.isEmpty }

  /// Whether there are lines for it that have not gone to the output.
  private var owesLines: Bool { isFed && (feed?.isEmpty == false || presence?.isEmpty == false) }

  private var mayExecute: Bool { !isAwaitingAnswer && output.count - written <= Self.maxWaitingReplyBytes }

  private func read(now: Moment) -> Outcome {
    withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 16) { buffer in
      let count = recv(socket.number, buffer.baseAddress, buffer.count, SocketFlags.receive)
      if count > 0 {
        place.heard(now: now.monotonic)
        // recv(2) wrote `count` bytes, at most the buffer's; lines are used or copied before this closure returns.
        let bytes = UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count])
        lines.append(bytes.span) { line in
          if case .complete(let text) = line, text.isEmpty { return }
          if mayExecute && heldLines.isEmpty {
            execute(line, now: now)
          } else {
            heldLines.append(LineReader.CopiedLine(line))
          }
        }
        return .unfinished
      }
      if count < 0 { return errno == EAGAIN ? .waiting : errno == EINTR ? .unfinished : .closed }
      hasPeerFinished = true
      stopListening()
      if lines.hasIncompleteLine {
        executor.refuseIncompleteLine(of: publisher).append(to: &output)
      }
      return .unfinished
    }
  }

  private func execute(_ line: borrowing LineReader.Line, now: Moment) {
    switch executor.execute(line, from: publisher, now: now) {
    case .reply(let reply): reply.append(to: &output)
    case .silence: break
    case .listen(let targets, let start): listen(to: targets, since: start, now: now)
    case .unlisten: unlisten()
    case .watch(let scope): watch(scope)
    case .unwatch: unwatch()
    case .ask(let question):
      isAwaitingAnswer = true
      self.question = question
    }
  }

  private func executeHeldLines(now: Moment) {
    while mayExecute, nextHeldLine < heldLines.count {
      switch heldLines[nextHeldLine] {
      case .complete(let bytes): execute(.complete(bytes.span), now: now)
      case .tooLong: execute(.tooLong, now: now)
      }
      nextHeldLine += 1
    }
    guard nextHeldLine == heldLines.count else { return }
    heldLines = []
    nextHeldLine = 0
  }

  // MARK: - Listening

  private var hub: Hub { executor.hub }

  private func listen(to targets: [ListenTarget], since start: ListenStart, now: Moment) {
    let listening = hub.manager.listen(
      to: targets, since: start, shard: place.shard, connection: token, insteadOf: feed?.listener, now: now)
    feed = EventFeed(listening, to: targets)
    markPlace()
    Reply.position(listening.position, listening.outcome).append(to: &output)
  }

  /// What waits is dropped: whoever wants it listens since the id that is told.
  private func unlisten() {
    guard let feed else {
      let error = CommandError(.badArgument, "this connection does not listen: write LISTEN <target> first")
      return executor.refuse(error, of: publisher).append(to: &output)
    }
    forgetFeed()
    Reply.position(feed.position, nil).append(to: &output)
  }

  /// Hears and watches nothing more; what waits still goes out.
  func stopListening() {
    if let feed { hub.manager.unlisten(feed.listener) }
    if let presence { hub.manager.unwatch(presence.watcher) }
  }

  /// Takes up an event that its LISTEN is for; `deliver` writes it.
  func hear(_ event: HeardEvent, for listener: ListenerRef) {
    guard feed?.listener == listener else { return }
    let hasRoom = hasRoomForLines
    hasNews = true
    let isTaken = feed?.take(
      event, to: &output, hasRoom: hasRoom, maxWaitingBytes: hub.rules.settings.stream.maxQueuedBytes)
    if isTaken == false { dropFeed() }
  }

  /// Writes what was heard; the outcome is as of `advance`.
  func deliver(now: Moment) -> Outcome {
    hasNews = false
    return flush(now: now) ? .waiting : .unfinished
  }

  /// It reads too slowly, or what it is owed is gone.
  private func dropFeed() {
    guard let feed else { return }
    forgetFeed()
    hub.happened(.listenerTooSlow(publisher))
    Reply.error(.slowConsumer, feed.position.description).append(to: &output)
  }

  private func forgetFeed() {
    if let feed { hub.manager.unlisten(feed.listener) }
    feed = nil
    markPlace()
  }

  /// Who listens or watches is not silent.
  private func markPlace() {
    isFed = feed != nil || presence != nil
    place.isListening = isFed
  }

  // MARK: - Watching

  private func watch(_ scope: WatchScope) {
    let watching = hub.manager.watch(
      scope, shard: place.shard, connection: token, insteadOf: presence?.watcher)
    guard let watching else {
      let error = CommandError(.draining, "the hub is stopping: try again later")
      return executor.refuse(error, of: publisher).append(to: &output)
    }
    presence = PresenceFeed(watching, of: scope)
    markPlace()
    Reply.count(watching.present.count).append(to: &output)
  }

  /// What waits is dropped, and counted.
  private func unwatch() {
    guard let presence else {
      let error = CommandError(
        .badArgument, "this connection does not watch: write WATCH users or WATCH topic:<name> first")
      return executor.refuse(error, of: publisher).append(to: &output)
    }
    forgetPresence()
    Reply.count(presence.count).append(to: &output)
  }

  /// Takes up who came or went, where that is for its WATCH; `deliver` writes it.
  func hear(_ notice: PresenceNotice, for watcher: WatcherRef) {
    guard presence?.watcher == watcher else { return }
    let hasRoom = hasRoomForLines
    hasNews = true
    let isTaken = presence?.take(
      notice, to: &output, hasRoom: hasRoom, maxWaitingBytes: hub.rules.settings.stream.maxQueuedBytes)
    guard isTaken == false else { return }
    forgetPresence()
    hub.happened(.listenerTooSlow(publisher))
    Reply.error(.slowConsumer, "more comes and goes than is read: WATCH again").append(to: &output)
  }

  private func forgetPresence() {
    if let presence { hub.manager.unwatch(presence.watcher) }
    presence = nil
    markPlace()
  }

  // MARK: - Rights

  /// The settings have changed: who may not listen or watch any more is told so. `deliver` writes it.
  func followRules() {
    if let feed, let refusal = executor.refusalOfRight(to: .listen(feed.targets, since: .now), publisher) {
      forgetFeed()
      refusal.append(to: &output)
    }
    if let presence, let refusal = executor.refusalOfRight(to: .watch(presence.scope), publisher) {
      forgetPresence()
      refusal.append(to: &output)
    }
  }

  // MARK: - Writing

  /// Writes replies and events until the socket is full or none is left; returns false where it is the others' turn.
  private func flush(now: Moment) -> Bool {
    guard isFed else {
      _ = write()
      return true
    }
    for _ in 0..<Self.maxWritesAtOnce {
      fillOutput(now: now)
      guard write(), owesLines else { return true }
    }
    return false
  }

  private var hasRoomForLines: Bool { output.count - written < Self.maxWaitingEventBytes }

  private func fillOutput(now: Moment) {
    guard hasRoomForLines else { return }
    presence?.fill(&output, upTo: written + Self.maxWaitingEventBytes)
    let isWhole = feed?.fill(&output, upTo: written + Self.maxWaitingEventBytes) { cursor in
      hub.manager.nextListenBatch(cursor, now: now)
    }
    if isWhole == false { dropFeed() }
  }

  /// Returns whether all was written.
  private func write() -> Bool {
    guard !output.isEmpty else { return true }
    while written < output.count {
      // `written` is at most the count, as the loop says; send(2) reads no more than that and keeps no pointer.
      let count = output.withUnsafeBytes {
        send(socket.number, $0.baseAddress?.advanced(by: written), $0.count - written, SocketFlags.send)
      }
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        return false
      } else if errno != EINTR {
        // It has closed without waiting for its replies; what it wrote before that still counts.
        written = output.count
      }
    }
    output.removeAll(keepingCapacity: output.count <= Self.maxWaitingReplyBytes)
    written = 0
    return true
  }
}
