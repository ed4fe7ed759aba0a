import Glibc
import NIOCore
import NIOPosix

/// Carries a stream's bytes from one end of a pair of sockets through a channel, for channels whose socket cannot be
/// given away.
///
/// It reads on only when the channel has taken what was read, so a slow client is slow for the stream's owner too,
/// which bounds what waits. Either side's end is the other's.
final class StreamRelay: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let client: any Channel

  private init(client: any Channel) { self.client = client }

  /// Returns the stream's end, which is non-blocking; the caller owns it.
  static func start(through client: any Channel) throws -> CInt {
    var ends: (stream: CInt, relay: CInt) = (-1, -1)
    // A tuple of two CInts is laid out as an array of two, which socketpair(2) fills.
    try withUnsafeMutablePointer(to: &ends) { ends in
      try ends.withMemoryRebound(to: CInt.self, capacity: 2) { ends in
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, ends) == 0 else { throw IOError(errnoCode: errno, reason: "socketpair") }
      }
    }
    let bootstrap =
      ClientBootstrap(validatingGroup: client.eventLoop)
      ?? ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    let relay =
      bootstrap
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(StreamRelay(client: client))
        }
      }
      .withConnectedSocket(ends.relay)
    relay.whenSuccess { relay in client.closeFuture.whenComplete { _ in relay.close(promise: nil) } }
    relay.whenFailure { _ in client.close(promise: nil) }
    return ends.stream
  }

  func channelActive(context: ChannelHandlerContext) { context.read() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let relay = context.channel
    client.writeAndFlush(Self.unwrapInboundIn(data)).whenComplete { result in
      switch result {
      case .success: relay.read()
      case .failure: relay.close(promise: nil)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
