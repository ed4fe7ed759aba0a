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
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 65_536)
      )
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptTroubleLog(log))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
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

  func stopAccepting() async { try? await channel.close().get() }

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

/// Tells the log that connections cannot be accepted, once a minute at most.
private final class AcceptTroubleLog: ChannelInboundHandler {
  typealias InboundIn = Any

  private static let pause = TimeAmount.minutes(1)

  private let log: Logger
  private var silentUntil: NIODeadline?
  private var unreported = 0

  init(_ log: Logger) { self.log = log }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    unreported += 1
    let now = context.eventLoop.now
    if silentUntil.map({ now >= $0 }) ?? true {
      log.error("Cannot accept an HTTP connection: \(error) (\(unreported) times since the last such entry)")
      silentUntil = now + Self.pause
      unreported = 0
    }
    context.fireErrorCaught(error)
  }
}
