import Glibc
import HubCore
import HubProtocol
import Runtime
import Synchronization

/// The publishers of one shard, and, on one shard, the socket on which they come. Owned by the shard's thread.
final class PublisherTable {
  private let hub: Hub
  private let shard: Shard
  private var connections: [UInt64: PublisherConnection] = [:]
  /// Those that give way to others as soon as what they have sent is answered.
  private var leaving: Set<UInt64> = []
  /// Each once, however often it was said to be ready since: turns are equal.
  private var unfinished: Set<UInt64> = []
  /// Those that heard something which is not written yet.
  private var hearing: [UInt64] = []
  private var listener: CInt = -1
  /// The hub ends: who has had all replies is not waited for.
  private var isFinishing = false
  /// The process has no descriptor left; accepting is tried again from time to time.
  private(set) var isOutOfDescriptors = false
  /// There may be more to accept, but it is the others' turn.
  private var hasMoreToAccept = false
  private static let maxAcceptsAtOnce = 64

  init(_ hub: Hub, _ shard: Shard) {
    self.hub = hub
    self.shard = shard
  }

  /// Whether some publisher has more to be read at once, or more publishers are at the door.
  var hasUnfinished: Bool { !unfinished.isEmpty || hasMoreToAccept }

  // MARK: - Accepting

  /// Accepts on this socket from now on. Who waits at one that it takes the place of is let in before.
  func listen(_ descriptor: CInt, now: Moment) {
    repeat { accept(now: now) } while hasMoreToAccept
    stopListening()
    listener = descriptor
    do throws(SystemCallError) {
      try shard.poller.add(descriptor, token: LoopToken.publisherListener, for: [.readable, .peerClosed])
      accept(now: now)
    } catch {
      hub.happened(.listenerFailed(.publishers, error.description))
    }
  }

  func stopListening() {
    guard listener >= 0 else { return }
    shard.poller.remove(listener)
    close(listener)
    listener = -1
  }

  /// Accepts those that wait, as many as one turn has time for: who connects over and over must not hold up the loop.
  func accept(now: Moment) {
    hasMoreToAccept = false
    for _ in 0..<Self.maxAcceptsAtOnce {
      guard listener >= 0 else { return }
      switch Acceptance.next(on: listener) {
      case .connection(let descriptor, _):
        admit(descriptor, now: now)
      case .exhausted(let number):
        if !isOutOfDescriptors { hub.happened(.acceptingFails(.publishers, number)) }
        isOutOfDescriptors = true
        return
      case .gone: break
      case .nobody:
        if isOutOfDescriptors { hub.happened(.acceptingWorksAgain(.publishers)) }
        isOutOfDescriptors = false
        return
      case .failed(let error): return hub.happened(.listenerFailed(.publishers, error.description))
      }
    }
    hasMoreToAccept = true
  }

  /// accept4(2) does not tell of it: there would just be nobody, for ever.
  func listenerEnded() {
    hub.happened(.listenerFailed(.publishers, "somebody who has it, too, has shut it down"))
  }

  private func admit(_ descriptor: CInt, now: Moment) {
    var socket = Descriptor(descriptor)
    // Who it is cannot be told, so that it has no right.
    guard let publisher = try? Publisher(of: socket.number) else { return }
    switch hub.publishers.admit(uid: publisher.uid, now: now.monotonic) {
    case .admitted(let place): hub.shards[place.shard].post(.publisher(socket.giveAway(), publisher, place))
    case .instead(let place, let other):
      hub.shards[other.shard].post(.publisherGivesWay(other.number))
      hub.shards[place.shard].post(.publisher(socket.giveAway(), publisher, place))
    case .refused(let reason):
      hub.happened(.publisherRefused(publisher))
      let reply = Reply.error(.overloaded, reason).bytes
      _ = send(socket.number, reply, reply.count, SocketFlags.send)  // a new socket has room for it
    }
  }

  // MARK: - Serving

  func adopt(_ descriptor: CInt, _ publisher: Publisher, _ place: PublisherPlaces.Place) {
    let token = LoopToken.publisher | place.number
    let socket = Descriptor(descriptor)
    do throws(SystemCallError) {
      try shard.poller.add(socket.number, token: token, for: [.readable, .writable, .peerClosed])
      connections[token] = PublisherConnection(socket, publisher, place, token: token, of: hub)
      hub.happened(.publisherConnected(publisher))
      if isFinishing { connections[token]?.takeNothingMore() }
    } catch {
      hub.publishers.release(place)
    }
  }

  /// Closes a publisher whose place is another's now, after what it has sent is answered.
  func giveWay(_ number: UInt64, now: Moment) {
    let token = LoopToken.publisher | number
    guard let connection = connections[token] else { return }
    hub.happened(.publisherGaveWay(connection.publisher))
    connection.takeNothingMore()
    leaving.insert(token)
    isReady(token, now: now)
  }

  func isReady(_ token: UInt64, now: Moment) {
    guard let connection = connections[token] else { return }
    let outcome = connection.advance(now: now)
    if let question = connection.takeQuestion() { hub.answer(question, to: .publisher(shard, token)) }
    settle(token, outcome)
  }

  func tell(_ token: UInt64, _ finding: Finding, now: Moment) {
    guard let connection = connections[token] else { return }
    connection.tell(finding)
    isReady(token, now: now)
  }

  // MARK: - Listening

  /// An event for one that listens; `deliver` writes it.
  func hear(_ event: HeardEvent, for listener: ListenerRef) {
    guard let connection = connections[listener.connection] else { return }
    if !connection.hasNews { hearing.append(listener.connection) }
    connection.hear(event, for: listener)
  }

  /// Who came or went, for one that watches; in the same way.
  func hear(_ notice: PresenceNotice, for watcher: WatcherRef) {
    guard let connection = connections[watcher.connection] else { return }
    if !connection.hasNews { hearing.append(watcher.connection) }
    connection.hear(notice, for: watcher)
  }

  /// Writes what was heard since the last time.
  func deliver(now: Moment) {
    guard !hearing.isEmpty else { return }
    for token in hearing {
      if let connection = connections[token] { settle(token, connection.deliver(now: now)) }
    }
    hearing.removeAll(keepingCapacity: true)
  }

  func followRules(now: Moment) {
    for (token, connection) in connections {
      connection.followRules()
      settle(token, connection.deliver(now: now))
    }
  }

  // MARK: - Turns

  /// Gives each of those that were interrupted another turn.
  func continueUnfinished(now: Moment) {
    if hasMoreToAccept { accept(now: now) }
    let tokens = unfinished
    unfinished = []
    for token in tokens { isReady(token, now: now) }
  }

  /// Closes each publisher as soon as what it has sent is answered and the replies are written.
  func finish(now: Moment) {
    isFinishing = true
    for token in Array(connections.keys) {
      connections[token]?.takeNothingMore()
      isReady(token, now: now)
    }
  }

  func closeAll() {
    for token in Array(connections.keys) { remove(token) }
    stopListening()
  }

  private func settle(_ token: UInt64, _ outcome: PublisherConnection.Outcome) {
    switch outcome {
    case .waiting: if mayLeave(token) { remove(token) }
    case .unfinished: unfinished.insert(token)
    case .closed: remove(token)
    }
  }

  /// Who gives way is not waited for where it does not read its replies.
  private func mayLeave(_ token: UInt64) -> Bool {
    guard let connection = connections[token] else { return false }
    return isFinishing && connection.isIdle || leaving.contains(token) && !connection.isAwaitingAnswer
  }

  private func remove(_ token: UInt64) {
    guard let connection = connections.removeValue(forKey: token) else { return }
    connection.stopListening()
    leaving.remove(token)
    hub.publishers.release(connection.place)
    hub.happened(.publisherDisconnected(connection.publisher))
  }
}
