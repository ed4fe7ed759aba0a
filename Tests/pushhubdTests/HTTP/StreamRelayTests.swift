import Glibc
import HubCore
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import pushhubd

/// A stream over a channel whose socket cannot be had.
struct StreamRelayTests {
  private static let request = "GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna\r\n\r\n"

  /// A channel on which a client has asked for a stream, and the end of it that the hub was given.
  private static func openStream(_ hub: TestHub, pipelined: String = "") async throws -> (NIOAsyncTestingChannel, CInt)
  {
    let channel = NIOAsyncTestingChannel()
    let hubBox = hub
    try await channel.testingEventLoop.executeInContext {
      let sweep = ConnectionSweep(eventLoop: channel.eventLoop, interval: .seconds(1))
      try HTTPConnection(api: API(hub: hubBox), sweep: sweep).install(in: channel.pipeline.syncOperations)
    }
    try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    try await channel.writeInbound(ByteBuffer(string: request + pipelined))
    let attached = hub.state.withLock { $0.attached }
    return (channel, try #require(attached.first).descriptor)
  }

  @Test func headAndPreambleGoOutInOneWrite() async throws {
    let (channel, descriptor) = try await Self.openStream(TestHub())
    defer { close(descriptor) }
    let beginning = String(buffer: try await channel.waitForOutboundWrite(as: ByteBuffer.self))
    #expect(beginning.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(beginning.contains("Content-Type: text/event-stream; charset=utf-8\r\n"))
    #expect(beginning.contains("Transfer-Encoding: chunked\r\n"))
    #expect(beginning.contains("event: open\n"))
    #expect(beginning.hasSuffix("\n\n\r\n"))
  }

  @Test func whatTheHubWritesReachesTheClient() async throws {
    let (channel, descriptor) = try await Self.openStream(TestHub())
    defer { close(descriptor) }
    _ = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
    #expect(Glibc.write(descriptor, "hello", 5) == 5)
    #expect(String(buffer: try await channel.waitForOutboundWrite(as: ByteBuffer.self)) == "hello")
  }

  @Test func endOfTheStreamIsTheEndOfTheConnection() async throws {
    let (channel, descriptor) = try await Self.openStream(TestHub())
    close(descriptor)
    try await channel.closeFuture.get()
  }

  @Test func endOfTheConnectionIsTheEndOfTheStream() async throws {
    let (channel, descriptor) = try await Self.openStream(TestHub())
    defer { close(descriptor) }
    try await channel.close()
    var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&event, 1, 10_000) == 1)
    var byte: UInt8 = 0
    #expect(recv(descriptor, &byte, 1, 0) == 0)
  }

  @Test func whatFollowsTheRequestIsIgnored() async throws {
    let hub = TestHub()
    let (channel, descriptor) = try await Self.openStream(hub, pipelined: Self.request + "\0\0garbage\r\n\r\n")
    defer { close(descriptor) }
    try await channel.writeInbound(ByteBuffer(string: Self.request))
    #expect(hub.state.withLock { $0.opened.count } == 1)
    _ = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
    try await channel.close()
    #expect(hub.state.withLock { $0.opened.count } == 1)
    #expect(try await channel.readOutbound(as: ByteBuffer.self) == nil)
  }
}
