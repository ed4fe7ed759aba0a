import Glibc
import Logging
import NIOCore
import NIOPosix

/// Where HTTP connections come in: one listening socket, whose connections are spread over the event loops.
///
/// Out of descriptors it pauses for a second at a time and then goes on (NIO's `AcceptBackoffHandler`); what waits in
/// the meantime waits in the kernel's queue.
final class HTTPListener: Sendable {
  enum Place: Sendable {
    /// Port 0 takes a free one.
    case address(SocketAddress)
    /// An inherited socket that is bound and listens; the listener owns it from now on.
    case descriptor(CInt)
  }

  private static let backlog: CInt = 4096

  private let channel: any Channel
  private let sweeps: Sweeps

  private init(channel: any Channel, sweeps: Sweeps) {
    self.channel = channel
    self.sweeps = sweeps
  }

  static func start(at place: Place, on group: any EventLoopGroup, api: API, log: Logger) async throws -> HTTPListener {
    let options = api.hub.httpRules.options
    let sweeps = Sweeps(
      of: group, interval: ConnectionSweep.interval(forShortest: min(options.headerTimeout, options.idleTimeout)))
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: 64)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptTroubleLog(log))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // Here and not among the bootstrap's options, which cost a chain of futures for each connection.
          try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
          let connection = HTTPConnection(api: api, sweep: sweeps.sweep(of: channel.eventLoop))
          try connection.install(in: channel.pipeline.syncOperations)
        }
      }
    let channel =
      switch place {
      case .address(let address): try await bootstrap.bind(to: address).get()
      case .descriptor(let descriptor): try await bootstrap.withBoundSocket(descriptor).get()
      }
    return HTTPListener(channel: channel, sweeps: sweeps)
  }

  /// Where it listens, with the port that it got.
  var address: SocketAddress? { channel.localAddress }

  /// Returns when the listening socket is closed. Unless `stopAccepting` was called, something is badly wrong then.
  func waitUntilClosed() async { try? await channel.closeFuture.get() }

  /// What was accepted is let in before the socket is closed: NIO cuts a connection that it has accepted and not yet
  /// handed over, and its client would see a reset. The way leads to the connection's loop, back here, and there again.
  func stopAccepting() async {
    try? await channel.setOption(.autoRead, value: false).get()
    let loops = sweeps.all.map(\.eventLoop)
    for loop in loops + [channel.eventLoop] + loops { try? await loop.submit {}.get() }
    try? await channel.close().get()
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

/// Tells the log when connections cannot be accepted, and when they can be again; in between it says nothing.
private final class AcceptTroubleLog: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let log: Logger
  private var isInTrouble = false

  init(_ log: Logger) { self.log = log }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isInTrouble {
      isInTrouble = false
      log.record(.descriptorLimitRecovered, "HTTP connections are accepted again")
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? IOError, !isInTrouble {
      isInTrouble = true
      let reason = String(cString: strerror(error.errnoCode))
      log.record(.descriptorLimitReached, "cannot accept HTTP connections: \(reason); trying again every second")
    }
    context.fireErrorCaught(error)
  }
}
