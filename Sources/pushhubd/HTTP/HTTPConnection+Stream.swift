import Glibc
import HubCore
import NIOCore
import NIOPosix

/// How the bytes of a stream will get to its client.
enum StreamTransport {
  /// A duplicate of the connection's descriptor, which keeps the connection when its channel is closed.
  case descriptor(CInt)
  /// Through the channel (TLS, HTTP/2, a test's channel).
  case channel
}

extension HTTPConnection {
  /// Taken before the stream is opened, so that a hub that has no descriptor left can say so.
  func duplicateTransport() throws(Problem) -> StreamTransport {
    // The channel's descriptor is open within the closure, on the channel's own loop; the duplicate is ours.
    let descriptor = try? context?.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { fcntl($0, F_DUPFD_CLOEXEC, 0) }
    guard let descriptor else { return .channel }
    guard descriptor >= 0 else { throw Problem.hubFull }
    return .descriptor(descriptor)
  }

  /// Sends the beginning of the stream and then gives the socket away.
  ///
  /// The order matters: when the write is done nothing is left in the channel's buffers; closing the channel takes
  /// NIO's descriptor out of its epoll set and calls close(2), never shutdown(2); only then may the stream's owner
  /// write to the duplicate.
  func leave(with opened: OpenedStream, over transport: StreamTransport) {
    guard let context else {
      transport.giveUp()
      return api.hub.abandon(opened.stream)
    }
    state = .leaving
    discardInput()
    // A peer that takes not even the head.
    startIdling()
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { result in
      if case .success = result, case .leaving = self.state, let context = self.context {
        self.giveAway(opened.stream, over: transport, context)
      } else {
        transport.giveUp()
        self.api.hub.abandon(opened.stream)
      }
    }
    context.writeAndFlush(Self.wrapOutboundOut(opened.beginning), promise: written)
  }

  private func giveAway(_ stream: StreamRef, over transport: StreamTransport, _ context: ChannelHandlerContext) {
    switch transport {
    case .descriptor(let descriptor):
      context.close(promise: nil)
      api.hub.attach([AttachedSocket(descriptor: descriptor, stream: stream)])
    case .channel:
      relay(stream, through: context.channel)
    }
  }

  /// The stream's owner gets one end of a pair of sockets, and what it writes there goes through the channel.
  private func relay(_ stream: StreamRef, through channel: any Channel) {
    deadline = .distantFuture
    do {
      let descriptor = try StreamRelay.start(through: channel)
      api.hub.attach([AttachedSocket(descriptor: descriptor, stream: stream)])
    } catch {
      api.hub.abandon(stream)
      channel.close(promise: nil)
    }
  }
}

extension StreamTransport {
  /// It is not needed after all.
  func giveUp() {
    if case .descriptor(let descriptor) = self { Glibc.close(descriptor) }
  }
}
