import Glibc
import HubCore
import Synchronization

/// The publishers of one shard, and, on one shard, the socket on which they come. Owned by the shard's thread.
final class PublisherTable {
  /// What every shard's table is given.
  struct Context: Sendable {
    let executor: CommandExecutor
    let maxLineBytes: Int
    let maxPublishers: Int
    /// The publishers of all shards.
    let census: Census
    /// Gives an accepted publisher to one of the shards.
    let handOver: @Sendable (CInt) -> Void
    /// Sends a letter back to this publisher's shard from wherever an answer is ready.
    let log: @Sendable (Notice) -> Void
    /// Nobody can be accepted on the listening socket any more, for good.
    let onListenerFailure: @Sendable (_ reason: String) -> Void
  }

  /// Counts the publishers of all shards.
  final class Census: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }
    func add(_ change: Int) { count.add(change, ordering: .relaxed) }
  }

  /// What the operator is told.
  enum Notice: Sendable {
    case connected(Publisher)
    case disconnected(Publisher)
    case tooMany(Publisher)
    case outOfDescriptors
    case descriptorsBack
  }

  private let poller: Poller
  private let context: Context
  private let post: @Sendable (ShardLetter) -> Void
  private var connections: [UInt64: PublisherConnection] = [:]
  private var nextNumber: UInt64 = 0
  /// Each once, however often it was said to be ready since: turns are equal.
  private var unfinished: Set<UInt64> = []
  private var listener: CInt = -1
  /// The hub ends: who has had all replies is not waited for.
  private var isFinishing = false
  /// The process has no descriptor left; accepting is tried again from time to time.
  private(set) var isOutOfDescriptors = false
  /// There may be more to accept, but it is the others' turn.
  private var hasMoreToAccept = false
  private static let maxAcceptsAtOnce = 64

  init(poller: Poller, context: Context, post: @escaping @Sendable (ShardLetter) -> Void) {
    self.poller = poller
    self.context = context
    self.post = post
  }

  /// Whether some publisher has more to be read at once, or more publishers are at the door.
  var hasUnfinished: Bool { !unfinished.isEmpty || hasMoreToAccept }

  // MARK: - Accepting

  /// Accepts on this socket from now on. Who waits at one that it takes the place of is let in before.
  func listen(_ descriptor: CInt) {
    repeat { accept() } while hasMoreToAccept
    stopListening()
    listener = descriptor
    do throws(SystemCallError) {
      try poller.add(descriptor, token: LoopToken.listener, for: [.readable, .peerClosed])
      accept()
    } catch {
      context.onListenerFailure(error.description)
    }
  }

  func stopListening() {
    guard listener >= 0 else { return }
    poller.remove(listener)
    close(listener)
    listener = -1
  }

  /// Accepts those that wait, as many as one turn has time for: who connects over and over must not hold up the loop.
  func accept() {
    hasMoreToAccept = false
    for _ in 0..<Self.maxAcceptsAtOnce {
      guard listener >= 0 else { return }
      switch Acceptance.next(on: listener) {
      case .connection(let descriptor):
        if isOutOfDescriptors { context.log(.descriptorsBack) }
        isOutOfDescriptors = false
        admit(descriptor)
      case .exhausted:
        if !isOutOfDescriptors { context.log(.outOfDescriptors) }
        isOutOfDescriptors = true
        return
      case .gone: break
      case .nobody: return
      case .failed(let error): return context.onListenerFailure(error.description)
      }
    }
    hasMoreToAccept = true
  }

  /// accept4(2) does not tell of it: there would just be nobody, for ever.
  func listenerEnded() { context.onListenerFailure("somebody who has it, too, has shut it down") }

  private func admit(_ descriptor: CInt) {
    guard context.census.value < context.maxPublishers else {
      if let publisher = try? Publisher(of: descriptor) { context.log(.tooMany(publisher)) }
      let reply = Reply.error(.overloaded, "\(context.maxPublishers) publishers are connected, as many as allowed")
        .bytes
      _ = send(descriptor, reply, reply.count, SocketFlags.send)
      close(descriptor)
      return
    }
    context.census.add(1)
    context.handOver(descriptor)
  }

  // MARK: - Serving

  func adopt(_ descriptor: CInt, now: Moment) {
    let token = LoopToken.publisher | nextNumber
    nextNumber += 1
    do throws(SystemCallError) {
      let publisher = try Publisher(of: descriptor)
      try poller.add(descriptor, token: token, for: [.readable, .writable, .peerClosed])
      connections[token] = PublisherConnection(
        descriptor, publisher, maxLineBytes: context.maxLineBytes, executor: context.executor)
      context.log(.connected(publisher))
    } catch {
      context.census.add(-1)
      close(descriptor)
    }
  }

  func isReady(_ token: UInt64, now: Moment) {
    guard let connection = connections[token] else { return }
    settle(token, connection.advance(now: now) { ask(of: $0, for: token) })
  }

  func answer(_ token: UInt64, _ reply: [UInt8], now: Moment) {
    guard let connection = connections[token] else { return }
    connection.answer(reply)
    isReady(token, now: now)
  }

  /// Gives each of those that were interrupted another turn.
  func continueUnfinished(now: Moment) {
    if hasMoreToAccept { accept() }
    let tokens = unfinished
    unfinished = []
    for token in tokens { isReady(token, now: now) }
  }

  /// Closes each publisher as soon as what it has sent is answered and the replies are written.
  func finish(now: Moment) {
    isFinishing = true
    for token in Array(connections.keys) { isReady(token, now: now) }
  }

  func closeAll() {
    for token in Array(connections.keys) { remove(token) }
    stopListening()
  }

  private func settle(_ token: UInt64, _ outcome: PublisherConnection.Outcome) {
    switch outcome {
    case .waiting: if isFinishing, connections[token]?.isIdle ?? false { remove(token) }
    case .unfinished: unfinished.insert(token)
    case .closed: remove(token)
    }
  }

  private func remove(_ token: UInt64) {
    guard let connection = connections.removeValue(forKey: token) else { return }
    close(connection.descriptor)
    context.census.add(-1)
    context.log(.disconnected(connection.publisher))
  }

  private func ask(of user: UserID, for token: UInt64) {
    let post = post
    context.executor.connections(of: user) { post(.publisherAnswer(token, $0)) }
  }
}
