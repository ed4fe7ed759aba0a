import Glibc
import Logging
import NIOCore
import NIOPosix

/// Where HTTP connections come in: one listening socket, and the threads that accept from it.
final class HTTPListener: Sendable {
  enum Place: Sendable {
    /// Port 0 takes a free one.
    case address(SocketAddress)
    /// An inherited socket that is bound, listens and does not block; the listener owns it from now on.
    case descriptor(CInt)
  }

  let acceptors: [Acceptor]
  private let descriptor: CInt
  private let sweeps: Sweeps
  private let failure: EventLoopPromise<Void>

  private init(_ descriptor: CInt, acceptors: [Acceptor], sweeps: Sweeps, failure: EventLoopPromise<Void>) {
    self.descriptor = descriptor
    self.acceptors = acceptors
    self.sweeps = sweeps
    self.failure = failure
  }

  /// Listens with as many threads as the group has loops.
  static func start(
    at place: Place, on group: any EventLoopGroup, api: API, log: Logger
  ) throws(SystemCallError) -> HTTPListener {
    let descriptor =
      switch place {
      case .address(let address): try ListeningSocket.open(at: address)
      case .descriptor(let descriptor): descriptor
      }
    let sweeps = Sweeps(of: group, interval: api.hub.httpRules.sweepInterval)
    let failure = group.any().makePromise(of: Void.self)
    let context = AcceptorLoop.Context(
      listener: descriptor, api: api, endOfStreams: DescriptorLimit.endOfStreams,
      handOver: { connect($0, $1, $2, on: group, api: api, sweeps: sweeps) },
      notice: { report($0, to: log, failure) })
    do throws(SystemCallError) {
      let acceptors = try sweeps.all.indices.map { index throws(SystemCallError) in
        let acceptor = try Acceptor()
        try LoopThread.start(named: "accept-\(index)") { AcceptorLoop(acceptor, context: context).run() }
        return acceptor
      }
      return HTTPListener(descriptor, acceptors: acceptors, sweeps: sweeps, failure: failure)
    } catch {
      failure.succeed()
      throw error
    }
  }

  /// Where it listens, with the port that it got.
  var address: SocketAddress? { SocketName.local(descriptor) }

  /// Returns when no connection can be accepted for good. Unless `stopAccepting` was called, something is badly wrong
  /// then.
  func waitUntilClosed() async { try? await failure.futureResult.get() }

  /// What was accepted is let in before this returns; what waits in the kernel's queue is left to the next process, if
  /// that has the socket, too.
  func stopAccepting() async {
    for acceptor in acceptors { await acceptor.stop() }
    for sweep in sweeps.all { try? await sweep.eventLoop.submit {}.get() }
    close(descriptor)
    failure.succeed()
  }

  /// Answers what was begun, closes what is idle, and returns when no connection is left. Streams are not among them.
  ///
  /// - Parameter milliseconds: after which what is left is cut.
  func finishRequests(within milliseconds: Int64) async {
    for sweep in sweeps.all {
      sweep.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { sweep.value.closeAll() }
    }
    await withTaskGroup { tasks in
      for sweep in sweeps.all { tasks.addTask { try? await Self.quiesce(sweep).get() } }
    }
  }

  private static func quiesce(_ sweep: NIOLoopBoundBox<ConnectionSweep>) -> EventLoopFuture<Void> {
    let promise = sweep.eventLoop.makePromise(of: Void.self)
    sweep.eventLoop.execute { sweep.value.quiesce(whenEmpty: promise) }
    return promise.futureResult
  }

  /// Makes a channel of a connected socket, on one of the loops in turn.
  private static func connect(
    _ descriptor: CInt, _ beginning: HTTPConnection.Beginning, _ place: HTTPPlaces.Place,
    on group: any EventLoopGroup, api: API, sweeps: Sweeps
  ) {
    // Where it fails, the socket is closed and nobody is left to be told.
    _ = ClientBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
          let connection = HTTPConnection(
            api: api, sweep: sweeps.sweep(of: channel.eventLoop), beginning: beginning, place: place)
          try connection.install(in: channel.pipeline.syncOperations)
        }
      }
      .withConnectedSocket(descriptor)
  }

  private static func report(_ notice: AcceptorLoop.Notice, to log: Logger, _ failure: EventLoopPromise<Void>) {
    switch notice {
    case .exhausted(let number):
      let reason = String(cString: strerror(number))
      log.record(.descriptorLimitReached, "cannot accept HTTP connections: \(reason); trying again")
    case .recovered: log.record(.descriptorLimitRecovered, "HTTP connections are accepted again")
    case .failed: failure.succeed()
    }
  }
}

/// One sweep for each event loop.
private struct Sweeps: Sendable {
  private let boxes: [ObjectIdentifier: NIOLoopBoundBox<ConnectionSweep>]

  init(of group: any EventLoopGroup, interval: TimeAmount) {
    var boxes: [ObjectIdentifier: NIOLoopBoundBox<ConnectionSweep>] = [:]
    for eventLoop in group.makeIterator() {
      boxes[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(
        ConnectionSweep(eventLoop: eventLoop, interval: interval), eventLoop: eventLoop)
    }
    self.boxes = boxes
  }

  var all: [NIOLoopBoundBox<ConnectionSweep>] { Array(boxes.values) }

  /// To be asked on that event loop.
  func sweep(of eventLoop: any EventLoop) -> ConnectionSweep {
    guard let box = boxes[ObjectIdentifier(eventLoop)] else {
      preconditionFailure("a connection's event loop must be of the listener's group")
    }
    return box.value
  }
}
