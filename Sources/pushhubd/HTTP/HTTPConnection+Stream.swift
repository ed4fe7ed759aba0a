import Glibc
import HubCore
import NIOCore
import NIOPosix

extension HTTPConnection {
  /// Sends the beginning of a stream and then gives the socket away.
  ///
  /// The order matters: when the write is done nothing is left in the channel's buffers; a duplicate of the descriptor
  /// keeps the connection when the channel is closed, which calls close(2) and never shutdown(2), and takes NIO's
  /// number out of its epoll set; only then may the stream's owner write.
  func leave(with opened: OpenedStream) {
    guard let context else { return api.hub.abandon(opened.stream) }
    state = .leaving
    discardInput()
    // A peer that takes not even the head.
    startIdling()
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { result in
      switch result {
      case .success: self.giveAway(opened.stream)
      case .failure: self.api.hub.abandon(opened.stream)
      }
    }
    context.writeAndFlush(Self.wrapOutboundOut(opened.beginning), promise: written)
  }

  private func giveAway(_ stream: StreamRef) {
    guard case .leaving = state, let context else { return api.hub.abandon(stream) }
    let transport = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { fcntl($0, F_DUPFD_CLOEXEC, 0) }
    switch transport {
    case .none: relay(stream, through: context.channel)
    case .some(let descriptor) where descriptor >= 0:
      context.close(promise: nil)
      api.hub.attach(descriptor, to: stream)
    case .some:
      // No descriptor is free; the client will come back.
      api.hub.abandon(stream)
      context.close(promise: nil)
    }
  }

  /// The transport cannot be had (TLS, HTTP/2, a test's channel): the stream's owner gets one end of a pair of sockets,
  /// and what it writes there goes through the channel.
  private func relay(_ stream: StreamRef, through channel: any Channel) {
    deadline = .distantFuture
    do {
      let descriptor = try StreamRelay.start(through: channel)
      api.hub.attach(descriptor, to: stream)
    } catch {
      api.hub.abandon(stream)
      channel.close(promise: nil)
    }
  }
}
