import DequeModule
import Glibc
import HubCore
import Runtime

/// The HTTP connections of one shard, from accept(2) until they close or become streams. Owned by the shard's thread.
///
/// Connections are dealt with in turns: each turn takes as many as a millisecond has room for, so that a storm of them,
/// or signatures that are dear to check, hold nobody's events up for longer.
final class HTTPTable {
  private static let readSize = 32 << 10
  private static let maxAcceptsAtOnce = 64
  /// With more connections than these waiting for their turn, nobody is accepted.
  private static let maxQueued = 256
  /// Nanoseconds.
  private static let turnTime: Int64 = 1_000_000
  /// Whose first request takes longer than so many milliseconds needs a place: when all come back at once, some are slow to
  /// ask.
  private static let maxNewTime: Int64 = 5_000
  /// And while no descriptor is left.
  private static let maxNewTimeInNeed: Int64 = 1_000
  /// How often connections are looked at while the hub stops, in milliseconds.
  private static let finishingInterval: Int64 = 50

  private let hub: Hub
  private let shard: Shard
  private let index: Int
  private let machines: HTTP1Machine.Context
  /// Freed by `deinit` alone; recv(2) writes no more than its size, and nobody keeps anything of it.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
  private var listeners: [HTTPListener] = []
  private var connections: [UInt64: HTTPConnection] = [:]
  private var queue: Deque<HTTPConnection> = []
  private var nextNumber: UInt64 = 0
  /// By their places in `listeners`: there may be more to accept.
  private var pending: Set<Int> = []
  private var nextSweep: Int64 = 0
  /// When it is the others' turn, in nanoseconds of the monotonic clock.
  private var turnEnd: Int64 = 0
  private var isFinishing = false
  /// Events were queued that the shards have not been woken for.
  private var hasPublished = false
  /// Descriptors or memory have run out; accepting is tried again from time to time.
  private(set) var isExhausted = false

  init(_ hub: Hub, _ shard: Shard, index: Int) {
    self.hub = hub
    self.shard = shard
    self.index = index
    machines = HTTP1Machine.Context(api: API(hub: hub))
  }

  deinit { buffer.deallocate() }

  /// Whether there is something to do at once.
  var hasWork: Bool { !queue.isEmpty || !pending.isEmpty && !isExhausted }

  /// Milliseconds until something has to be looked at; -1 for no such time.
  func patience() -> Int64 {
    if isExhausted { return 200 }
    return connections.isEmpty ? -1 : max(0, nextSweep - SystemClock.now().monotonic)
  }

  // MARK: - Accepting

  /// Accepts on these sockets from now on.
  func listen(on listeners: [HTTPListener]) {
    self.listeners = listeners
    for (place, listener) in listeners.enumerated() {
      do throws(SystemCallError) {
        try shard.poller.add(
          listener.descriptor, token: LoopToken.httpListener | UInt64(place), for: [.readable, .exclusive])
      } catch {
        hub.happened(.listenerFailed(.http, error.description))
      }
    }
  }

  /// What waits in the kernel's queues is left to the next process, if that has the sockets, too.
  func stopListening() {
    for listener in listeners { shard.poller.remove(listener.descriptor) }
    listeners = []
    pending = []
  }

  func listenerIsReady(_ token: UInt64) { pending.insert(Int(token & 0xFFFF)) }

  /// Takes over what was accepted, here or by another shard.
  func adopt(_ descriptor: CInt, _ address: SocketAddress, now: Moment) {
    nextNumber += 1
    let client = API.Client(
      address: address, descriptor: descriptor, shard: index, hasRoom: descriptor < hub.endOfStreams)
    let connection = HTTPConnection(
      Descriptor(descriptor), token: LoopToken.http | nextNumber & ~LoopToken.kindMask,
      machine: HTTP1Machine(machines, client: client, now: now.monotonic))
    if connections.isEmpty { nextSweep = now.monotonic + interval }
    connections[connection.token] = connection
    if isFinishing { connection.machine.quiesce(now: now) }
    enqueue(connection)
  }

  private func acceptPending(now: Moment) {
    for place in pending where listeners.indices.contains(place) {
      accept(on: listeners[place], place, now: now)
    }
  }

  private func accept(on listener: HTTPListener, _ place: Int, now: Moment) {
    for _ in 0..<Self.maxAcceptsAtOnce where queue.count < Self.maxQueued {
      switch Acceptance.next(on: listener.descriptor) {
      case .connection(let descriptor, let address):
        if !listener.isLoopback, address.isLoopback { ListeningSocket.useReno(descriptor) }
        assign(descriptor, address, now: now)
      case .exhausted(let number):
        if !isExhausted { hub.happened(.acceptingFails(.http, number)) }
        isExhausted = true
        return
      case .gone: break
      case .nobody:
        pending.remove(place)
        // Of those that waited meanwhile, too.
        if isExhausted { hub.happened(.acceptingWorksAgain(.http)) }
        isExhausted = false
        return
      case .failed(let error):
        pending.remove(place)
        return hub.happened(.listenerFailed(.http, error.description))
      }
    }
  }

  /// Keeps a connection, or gives it to a shard that has clearly fewer: the kernel wakes the same thread mostly.
  private func assign(_ descriptor: CInt, _ address: SocketAddress, now: Moment) {
    hub.places.connectionOpened()
    let own = shard.addConnection()
    guard let lightest = hub.shards.min(by: { $0.connections < $1.connections }),
      own > lightest.connections + 16 + lightest.connections / 8
    else { return adopt(descriptor, address, now: now) }
    shard.removeConnection()
    lightest.addConnection()
    lightest.post(.connection(descriptor, address))
  }

  // MARK: - Turns

  func isReady(_ token: UInt64, for interest: Poller.Interest) {
    guard let connection = connections[token] else { return }
    connection.isReady(for: interest)
    enqueue(connection)
  }

  func tell(_ token: UInt64, _ finding: Finding, now: Moment) {
    guard let connection = connections[token] else { return }
    connection.machine.answer(machines.api.answer(for: finding), now: now)
    enqueue(connection)
  }

  /// Deals with those that wait, as long as a turn lasts.
  func work(now: Moment) {
    guard !queue.isEmpty || !pending.isEmpty || !connections.isEmpty else { return }
    if !pending.isEmpty { acceptPending(now: now) }
    sweep(now: now)
    turnEnd = now.nanoseconds + Self.turnTime
    while let connection = queue.popFirst() {
      connection.isQueued = false
      advance(connection)
      guard SystemClock.now().nanoseconds <= turnEnd else { break }
    }
    guard hasPublished else { return }
    hasPublished = false
    hub.manager.wakeShards()
  }

  private func enqueue(_ connection: HTTPConnection) {
    guard !connection.isQueued else { return }
    connection.isQueued = true
    queue.append(connection)
  }

  private func advance(_ connection: HTTPConnection) {
    guard connections[connection.token] != nil else { return }
    var isFirstStep = true
    while true {
      let now = SystemClock.now()
      switch connection.machine.next {
      case .becomeStream: return becomeStream(connection, now: now)
      // Whatever waits to be written.
      case .close: return close(connection)
      case .read, .proceed, .wait, .endOutput, .discardInput: break
      }
      switch connection.write(now: now) {
      case .done: break
      case .full: return register(connection)
      case .failed: return close(connection)
      }
      let next = connection.machine.next
      switch next {
      case .wait, .becomeStream: return register(connection)
      case .endOutput:
        shutdown(connection.descriptor, CInt(SHUT_WR))
        connection.machine.outputEnded(now: now)
        continue
      case .close: return close(connection)
      case .read, .discardInput, .proceed:
        guard isFirstStep || now.nanoseconds <= turnEnd else { return enqueue(connection) }
        isFirstStep = false
      }
      guard next != .proceed else {
        connection.machine.proceed(now: now)
        take(from: connection)
        continue
      }
      switch connection.read(into: buffer, discarding: next == .discardInput, now: now) {
      case .nothing: return register(connection)
      case .some: take(from: connection)
      case .failed: return close(connection)
      }
    }
  }

  /// What the machine leaves to others.
  private func take(from connection: HTTPConnection) {
    if connection.machine.hasPublished {
      connection.machine.hasPublished = false
      hasPublished = true
    }
    guard let question = connection.machine.takeQuestion() else { return }
    hub.answer(question, to: .http(shard, connection.token))
  }

  private func register(_ connection: HTTPConnection) {
    guard !connection.isRegistered else { return }
    do throws(SystemCallError) {
      try shard.poller.add(connection.descriptor, token: connection.token, for: [.readable, .writable, .peerClosed])
      connection.isRegistered = true
    } catch {
      close(connection)
    }
  }

  /// Writes the beginning of the stream. The shard's mailbox has the stream's opening, behind every event that came before
  /// it: from there on the socket is the stream's.
  private func becomeStream(_ connection: HTTPConnection, now: Moment) {
    // All before it is written, and a socket takes some kilobytes at once; one that does not is of no use, and its stream
    // finds it closed.
    if case .done = connection.write(now: now) {} else { shutdown(connection.descriptor, CInt(SHUT_RDWR)) }
    connection.giveSocketAway()
    forget(connection)
  }

  private func close(_ connection: HTTPConnection) {
    shard.removeConnection()
    forget(connection)
  }

  private func forget(_ connection: HTTPConnection) {
    connections[connection.token] = nil
    hub.places.connectionClosed()
  }

  // MARK: - Time

  private var interval: Int64 { isFinishing ? Self.finishingInterval : hub.rules.sweepInterval }

  /// Looks now and then for connections whose time is up.
  private func sweep(now: Moment) {
    guard !connections.isEmpty, now.monotonic >= nextSweep else { return }
    nextSweep = now.monotonic + interval
    let oldest = now.monotonic - (isExhausted ? Self.maxNewTimeInNeed : Self.maxNewTime)
    for connection in connections.values {
      connection.machine.followRules()
      connection.machine.requirePlace(ofNewSince: oldest, now: now)
      if connection.machine.deadline <= now.monotonic { connection.machine.deadlinePassed(now: now) }
      if connection.machine.next != .read || !connection.machine.output.isEmpty { enqueue(connection) }
    }
  }

  // MARK: - The end

  /// Answers what was begun and closes what is idle.
  func finish(now: Moment) {
    isFinishing = true
    nextSweep = now.monotonic + interval
    for connection in connections.values { connection.machine.quiesce(now: now) }
  }

  func closeAll() {
    for connection in connections.values { close(connection) }
  }
}
