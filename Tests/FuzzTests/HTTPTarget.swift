import HubCore
import NIOCore
import NIOEmbedded

@testable import pushhubd

/// What a client sends on a connection: heads, bodies, one request behind another. However the bytes are cut, the
/// answers are the same, and each is one well-formed response.
struct HTTPTarget: FuzzTarget {
  func run(_ input: [UInt8]) throws {
    let whole = try answers(to: input, cutAt: input.count)
    try check(whole)
    let cut = input.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    for place in [1, cut % (input.count + 1)] where place <= input.count {
      try expect(try answers(to: input, cutAt: place) == whole, "the answers depend on where the bytes were cut")
    }
  }

  private func answers(to input: [UInt8], cutAt place: Int) throws -> [UInt8] {
    let channel = EmbeddedChannel()
    let sweep = ConnectionSweep(eventLoop: channel.embeddedEventLoop, interval: .seconds(1))
    let hub = FuzzHub()
    try HTTPConnection(api: API(hub: hub), sweep: sweep).install(in: channel.pipeline.syncOperations)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    var answers: [UInt8] = []
    for part in [input[..<place], input[place...]] where !part.isEmpty && channel.isActive {
      try channel.writeInbound(ByteBuffer(bytes: part))
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { answers += buffer.readableBytesView }
    }
    _ = try channel.finish(acceptAlreadyClosed: true)
    return answers
  }

  private func check(_ answers: [UInt8]) throws {
    var rest = answers[...]
    while !rest.isEmpty {
      guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else {
        throw Broken(description: "a head has no end")
      }
      let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
      try expect(head[0].hasPrefix("HTTP/1.1 "), "that is no response")
      try expect(head.allSatisfy { $0.utf8.isOneLine }, "a field holds more than one line")
      let length = head.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) }
      rest = rest[end.upperBound...]
      // The answer to HEAD tells a length and has no content: then another response follows, or nothing.
      let content = rest.prefix(length ?? 0)
      if content.count == length, content.first == UInt8(ascii: "{") || content.elementsEqual("ok".utf8) {
        rest = rest.dropFirst(content.count)
      }
    }
  }
}
