import Glibc
import HubCore
import NIOCore

/// What an acceptor's thread does: it accepts, and looks at the first bytes that a client sends. A plain request for a
/// stream is served right here, and its socket goes to a shard; everything else goes to the HTTP library, together with
/// what was read.
///
/// So the connections of which there are most never cost a pipeline, and no byte is judged by a parser of our own unless
/// its meaning is beyond doubt (`PlainHead`).
///
/// Made and used on that thread alone.
final class AcceptorLoop {
  struct Context: Sendable {
    /// Listening and non-blocking. Several acceptors may share it.
    let listener: CInt
    let api: API
    /// The descriptors from this one on are for publishers and other requests.
    let endOfStreams: CInt
    /// Gives a connected socket to the HTTP library.
    let handOver: @Sendable (CInt, HTTPConnection.Beginning, HTTPPlaces.Place) -> Void
    let notice: @Sendable (Notice) -> Void
  }

  /// What the operator is told.
  enum Notice: Sendable {
    /// With the error's number.
    case exhausted(CInt)
    case recovered
    /// There is nothing to accept from any more.
    case failed
  }

  /// Of a request for a stream: more than browsers and proxies send.
  private static let maxHeadBytes = 8 << 10
  private static let maxAcceptsAtOnce = 64
  /// So many streams at once are given to the shards, as each time may wake their threads.
  private static let maxOpened = 16
  /// Who has said nothing for so many milliseconds is the HTTP library's to wait for.
  private static let silence: Int64 = 1_000
  /// Without a descriptor to accept with, it looks again after so many milliseconds.
  private static let pause: CInt = 200
  private static let listenerToken = UInt64.max - 1

  private let acceptor: Acceptor
  private let context: Context
  /// Freed by `deinit` alone; recv(2) writes no more than its size, and `PlainHead` keeps nothing of it.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: maxHeadBytes, alignment: 1)
  /// Accepted, and silent so far; with the time of the monotonic clock, in milliseconds. They cost next to nothing, and
  /// need no place yet.
  private var silent: [CInt: Int64] = [:]
  /// When to look for those that have been silent for too long.
  private var nextLook: Int64 = 0
  private var opened: [AttachedSocket] = []
  private var hasMoreToAccept = false
  private var isExhausted = false
  private var whenStopped: [@Sendable () -> Void] = []

  init(_ acceptor: Acceptor, context: Context) {
    self.acceptor = acceptor
    self.context = context
  }

  deinit { buffer.deallocate() }

  func run() {
    do throws(SystemCallError) {
      try acceptor.poller.add(context.listener, token: Self.listenerToken, for: [.readable, .exclusive])
    } catch {
      context.notice(.failed)
    }
    while whenStopped.isEmpty { turn() }
    acceptor.poller.remove(context.listener)
    for descriptor in silent.keys { giveAway(descriptor) }
    for answer in whenStopped { answer() }
  }

  private func turn() {
    var letters: [Acceptor.Letter] = []
    let hasLetters = acceptor.mailbox.exchange(&letters)
    letters.forEach(perform)
    let events = acceptor.poller.wait(milliseconds: hasLetters || hasMoreToAccept ? 0 : patience)
    if !hasLetters { acceptor.mailbox.readerWoke() }
    let mayAccept = hasMoreToAccept || isExhausted
    for index in 0..<events {
      guard let (token, _) = acceptor.poller.event(at: index) else { continue }
      if token == Self.listenerToken { accept() } else { isReady(CInt(truncatingIfNeeded: token)) }
    }
    if mayAccept { accept() }
    attachOpened()
    giveAwaySilent()
  }

  private var patience: CInt {
    if isExhausted { return Self.pause }
    return silent.isEmpty ? -1 : CInt(Self.silence)
  }

  private func perform(_ letter: Acceptor.Letter) {
    switch letter {
    case .ping(let answer): answer()
    case .stop(let answer): whenStopped.append(answer)
    }
  }

  // MARK: - Accepting

  /// Accepts those that wait, as many as one turn has time for.
  private func accept() {
    hasMoreToAccept = false
    for _ in 0..<Self.maxAcceptsAtOnce {
      switch Acceptance.next(on: context.listener) {
      case .connection(let descriptor):
        if isExhausted { context.notice(.recovered) }
        isExhausted = false
        receive(from: descriptor)
      case .exhausted(let number):
        if !isExhausted { context.notice(.exhausted(number)) }
        isExhausted = true
        return
      case .gone: break
      case .nobody: return
      case .failed: return context.notice(.failed)
      }
    }
    hasMoreToAccept = true
  }

  private func receive(from descriptor: CInt) {
    let count = recv(descriptor, buffer.baseAddress, buffer.count, SocketFlags.receive)
    if count > 0 {
      serve(descriptor, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    } else if count < 0, errno == EAGAIN || errno == EINTR {
      wait(for: descriptor)
    } else {
      close(descriptor)
    }
  }

  // MARK: - Those that are silent

  private func wait(for descriptor: CInt) {
    do throws(SystemCallError) {
      try acceptor.poller.add(descriptor, token: UInt64(descriptor), for: [.readable, .peerClosed])
      silent[descriptor] = now
    } catch {
      close(descriptor)
    }
  }

  private func isReady(_ descriptor: CInt) {
    guard silent.removeValue(forKey: descriptor) != nil else { return }
    acceptor.poller.remove(descriptor)
    receive(from: descriptor)
  }

  private func giveAwaySilent() {
    guard !silent.isEmpty, now >= nextLook else { return }
    nextLook = now + Self.silence / 2
    let latest = now - Self.silence
    for (descriptor, since) in silent where since <= latest {
      silent[descriptor] = nil
      giveAway(descriptor)
    }
  }

  private func giveAway(_ descriptor: CInt) {
    acceptor.poller.remove(descriptor)
    handOver(descriptor, .bytes(ByteBuffer()), isRequest: false)
  }

  private var now: Int64 { context.api.hub.now().monotonic }

  // MARK: - Those that ask

  private func serve(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) {
    guard bytes.count < buffer.count, let head = PlainHead.parse(bytes),
      let outcome = context.api.stream(
        head, bytes: bytes.count, from: SocketName.peer(descriptor),
        hasRoom: descriptor < context.endOfStreams)
    else {
      return handOver(descriptor, .bytes(ByteBuffer(bytes: bytes)), isRequest: bytes.hasEndOfHead)
    }
    switch outcome {
    case .opened(let stream): begin(stream, on: descriptor)
    case .refused(let answer, let head): handOver(descriptor, .answer(answer, head), isRequest: true)
    }
  }

  /// Where there are as many connections as may be that are no stream, it is refused; who has not even asked is not
  /// answered.
  private func handOver(
    _ descriptor: CInt, _ beginning: HTTPConnection.Beginning, isRequest: @autoclosure () -> Bool
  ) {
    if let place = context.api.places.take(of: context.api.hub.httpRules.options.maxConnections) {
      context.handOver(descriptor, beginning, place)
    } else {
      if isRequest() { refuse(descriptor) }
      close(descriptor)
    }
  }

  private func refuse(_ descriptor: CInt) {
    let hub = context.api.hub
    let answer = Problem.hubFull.answer
    var buffer = ByteBuffer()
    answer.write(to: &buffer, isHead: false, connection: .close, date: httpDate(wall: hub.now().wall))
    // send(2) reads no more than the buffer, and keeps no pointer; a new socket has room for it.
    _ = buffer.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, SocketFlags.send) }
    hub.answered(answer.status, answer.problem)
  }

  /// A new socket takes some kilobytes at once; one that does not is of no use.
  private func begin(_ stream: OpenedStream, on descriptor: CInt) {
    let hub = context.api.hub
    let count = stream.beginning.readableBytes
    // send(2) reads no more than the buffer, and keeps no pointer.
    let sent = stream.beginning.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, count, SocketFlags.send) }
    guard sent == count else {
      hub.abandon(stream.stream)
      close(descriptor)
      return
    }
    opened.append(AttachedSocket(descriptor: descriptor, stream: stream.stream))
    if opened.count == Self.maxOpened { attachOpened() }
  }

  private func attachOpened() {
    guard !opened.isEmpty else { return }
    context.api.hub.attach(opened)
    opened.removeAll(keepingCapacity: true)
  }
}

extension UnsafeRawBufferPointer {
  /// Whether a whole head of a request is in it.
  fileprivate var hasEndOfHead: Bool {
    let end = [UInt8]("\r\n\r\n".utf8)
    return indices.contains { self[$0...].starts(with: end) }
  }
}
