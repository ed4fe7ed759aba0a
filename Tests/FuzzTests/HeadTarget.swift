import HubCore
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import pushhubd

/// The first bytes of a connection, as an acceptor looks at them. What it reads as the head of a request is what the HTTP
/// library reads, whole; and who is refused a stream is answered as if the library had read his request.
struct HeadTarget: FuzzTarget {
  func run(_ input: [UInt8]) throws {
    guard let head = input.withUnsafeBytes({ PlainHead.parse($0) }) else { return }
    try check(head, against: input)
    let api = API(hub: FuzzHub())
    switch api.stream(head, bytes: input.count, from: .unknown, hasRoom: true) {
    case nil: break
    case .opened: throw Broken(description: "a full hub opened a stream")
    case .refused(let answer, let head):
      let whole = try answers(to: input, beginning: .bytes(ByteBuffer()))
      try expect(try answers(to: [], beginning: .answer(answer, head)) == whole, "the answers differ")
      try expect(try answers(to: [], beginning: .bytes(ByteBuffer(bytes: input))) == whole, "bytes got lost")
    }
  }

  private func check(_ head: HTTPRequestHead, against input: [UInt8]) throws {
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
    try channel.writeInbound(ByteBuffer(bytes: input))
    guard case .head(let other) = try channel.readInbound(as: HTTPServerRequestPart.self) else {
      throw Broken(description: "the library sees no head")
    }
    try expect(other.method == head.method && other.version == head.version && other.uri == head.uri, "other requests")
    let isSame = other.headers.elementsEqual(head.headers) { $0.name == $1.name && $0.value == $1.value }
    try expect(isSame, "other fields")
    try expect(other.isKeepAlive == head.isKeepAlive, "another fate of the connection")
    guard case .end(nil) = try channel.readInbound(as: HTTPServerRequestPart.self) else {
      throw Broken(description: "the library does not see the request end")
    }
    try expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil, "the library sees more")
    _ = try channel.finish()
  }

  private func answers(to input: [UInt8], beginning: HTTPConnection.Beginning) throws -> [UInt8] {
    let channel = EmbeddedChannel()
    let sweep = ConnectionSweep(eventLoop: channel.embeddedEventLoop, interval: .seconds(1))
    let connection = HTTPConnection(api: API(hub: FuzzHub()), sweep: sweep, beginning: beginning)
    try connection.install(in: channel.pipeline.syncOperations)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    if !input.isEmpty { try channel.writeInbound(ByteBuffer(bytes: input)) }
    var answers: [UInt8] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { answers += buffer.readableBytesView }
    _ = try channel.finish(acceptAlreadyClosed: true)
    return answers
  }
}
