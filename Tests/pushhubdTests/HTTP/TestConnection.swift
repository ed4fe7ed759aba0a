import NIOCore
import NIOEmbedded

@testable import pushhubd

/// A connection without a socket: what a client sends goes in as text, what it would get comes out as text.
struct TestConnection {
  let hub: TestHub
  let channel = EmbeddedChannel()
  let sweep: ConnectionSweep

  init(_ hub: TestHub = TestHub()) throws {
    self.hub = hub
    sweep = ConnectionSweep(eventLoop: channel.embeddedEventLoop, interval: .milliseconds(100))
    try HTTPConnection(api: API(hub: hub), sweep: sweep).install(in: channel.pipeline.syncOperations)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  /// Returns what the hub answers at once.
  @discardableResult
  func send(_ text: String) throws -> String {
    try channel.writeInbound(ByteBuffer(string: text))
    return try received()
  }

  func received() throws -> String {
    var text = ""
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
    return text
  }

  func wait(milliseconds: Int64) throws -> String {
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
    return try received()
  }

  var isOpen: Bool { channel.isActive }
}

extension String {
  /// The status codes of the responses that the text consists of.
  var statuses: [Int] {
    split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
  }

  /// The text before and behind so many bytes, which need not end a character: a CR LF is one to Swift.
  func cut(at offset: Int) -> (String, String) {
    (String(decoding: utf8.prefix(offset), as: UTF8.self), String(decoding: utf8.dropFirst(offset), as: UTF8.self))
  }

  /// The member `code` of a problem.
  var problemCode: String? {
    guard let range = firstRange(of: #""code":""#) else { return nil }
    return String(self[range.upperBound...].prefix { $0 != "\"" })
  }
}
