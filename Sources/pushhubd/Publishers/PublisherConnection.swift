import Glibc
import HubCore
import HubProtocol
import Runtime

/// One publisher: its lines are read, executed and answered in order. Owned by its shard's thread, and owner of its
/// socket.
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
  private let executor: CommandExecutor
  /// What a command asks that has to be asked elsewhere, until somebody has.
  private var question: Question?
  private var lines: LineReader
  private var replies: [UInt8] = []
  private var written = 0
  /// An answer is on its way from other shards; the lines behind that command are held.
  private(set) var isAwaitingAnswer = false
  /// Lines that were read and may not be executed yet; those before `nextHeldLine` have been.
  private var heldLines: [LineReader.CopiedLine] = []
  private var nextHeldLine = 0
  private var hasPeerFinished = false

  init(
    _ socket: consuming Descriptor, _ publisher: Publisher, _ place: PublisherPlaces.Place, of hub: Hub
  ) {
    self.socket = socket
    self.publisher = publisher
    self.place = place
    executor = CommandExecutor(hub: hub)
    lines = LineReader(maxLineBytes: hub.rules.settings.publish.maxLineBytes)
  }

  /// Reads once, executes and answers what there is. Call `takeQuestion` next.
  func advance(now: Moment) -> Outcome {
    flush()
    let outcome = takeTurn(now: now)
    flush()
    return outcome
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
    if hasPeerFinished { return replies.isEmpty ? .closed : .waiting }
    return read(now: now)
  }

  /// What has been sent until now is still read, executed and answered, and then `advance` says that it is closed. What
  /// the publisher writes from here on fails: whatever it could write in whole has an answer.
  func takeNothingMore() { shutdown(socket.number, CInt(SHUT_RD)) }

  /// What was found out about what was asked: its reply goes out, and `advance` goes on with the lines that waited for it.
  func tell(_ finding: Finding) {
    isAwaitingAnswer = false
    executor.reply(to: finding, publisher).append(to: &replies)
  }

  /// Whether all that was executed has been answered, and the answers are written.
  var isIdle: Bool { replies.isEmpty && !isAwaitingAnswer && heldLines.isEmpty }

  private var mayExecute: Bool { !isAwaitingAnswer && replies.count - written <= Self.maxWaitingReplyBytes }

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
      if lines.hasIncompleteLine {
        executor.refuseIncompleteLine(of: publisher).append(to: &replies)
      }
      return .unfinished
    }
  }

  private func execute(_ line: borrowing LineReader.Line, now: Moment) {
    switch executor.execute(line, from: publisher, now: now) {
    case .reply(let reply): reply.append(to: &replies)
    case .silence: break
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

  /// Writes replies until the socket is full or none is left.
  private func flush() {
    while written < replies.count {
      // `written` is at most the count, as the loop says; send(2) reads no more than that and keeps no pointer.
      let count = replies.withUnsafeBytes {
        send(socket.number, $0.baseAddress?.advanced(by: written), $0.count - written, SocketFlags.send)
      }
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        // It has closed without waiting for its replies; what it wrote before that still counts.
        written = replies.count
      }
    }
    replies.removeAll(keepingCapacity: replies.count <= Self.maxWaitingReplyBytes)
    written = 0
  }
}
