import HubCore
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import pushhubd

/// Requests as bytes, read by the hub and by SwiftNIO's parser. What the hub takes for a request is the same one there:
/// method, target, version, fields, content, and what becomes of the connection. The hub may refuse what the other takes.
struct HeadTarget: FuzzTarget {
  private struct Request: Equatable {
    var method: Method
    var target: String
    var isModern: Bool
    var fields: [FieldName: [String]]
    var content: [UInt8] = []
  }

  func run(_ input: [UInt8]) throws {
    let ours = read(input)
    guard !ours.isEmpty else { return }
    let theirs = try readByLibrary(input, atMost: ours.count)
    for (index, request) in ours.enumerated() {
      guard index < theirs.count else { throw Broken(description: "the library sees fewer requests") }
      try expect(request == theirs[index], "other requests: \(request), \(theirs[index])")
    }
  }

  /// Those that are complete, up to one behind which the other parser takes the bytes for another protocol's.
  private func read(_ input: [UInt8]) -> [Request] {
    var reader = HTTP1Reader(maxHeadBytes: 8192)
    var requests: [Request] = []
    var current: Request?
    var position = 0
    while true {
      switch reader.next(input.span, from: &position) {
      case .needsMore, .refused: return requests
      case .head(let head):
        // What the other parser cannot tell from the target's text is compared by the tests of `RequestTarget`.
        guard let raw = rawTarget(of: input, endingAt: position) else { return requests }
        var fields: [FieldName: [String]] = [:]
        for name in FieldName.allCases where head.fields.has(name) { fields[name] = head.fields[name] }
        current = Request(method: head.method, target: raw, isModern: head.isModern, fields: fields)
      case .content(let range): current?.content += input[range]
      case .end:
        guard let request = current else { return requests }
        requests.append(request)
        if request.fields[.upgrade] != nil || request.method == .other { return requests }
      }
    }
  }

  /// The target as it stands in the request line of the head that ends there.
  private func rawTarget(of input: [UInt8], endingAt end: Int) -> String? {
    let head = input[..<end].dropLast(4)
    let start = head.lastRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0
    let line = head[start...].drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x0D }
    let parts = line.split(separator: UInt8(ascii: " "))
    return parts.count == 3 ? String(decoding: parts[1], as: UTF8.self) : nil
  }

  private func readByLibrary(_ input: [UInt8], atMost count: Int) throws -> [Request] {
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
    // What comes behind the requests that are compared may be no request.
    _ = try? channel.writeInbound(ByteBuffer(bytes: input))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    var requests: [Request] = []
    var current: Request?
    while requests.count < count, let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
      switch part {
      case .head(let head):
        var fields: [FieldName: [String]] = [:]
        for (name, value) in head.headers {
          let bytes = Array(name.utf8)
          guard let name = FieldName(bytes.span, in: 0..<bytes.count) else { continue }
          let trimmed = value.utf8.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
          fields[name, default: []].append(String(decoding: Array(trimmed), as: UTF8.self))
        }
        current = Request(
          method: Method(Array(head.method.rawValue.utf8).span) ?? .other, target: head.uri,
          isModern: head.version.minor == 1, fields: fields)
      case .body(let bytes): current?.content += bytes.readableBytesView
      case .end:
        if let request = current { requests.append(request) }
        current = nil
      }
    }
    return requests
  }
}

extension RandomAccessCollection where Element: Equatable {
  fileprivate func lastRange(of pattern: [Element]) -> Range<Index>? {
    var start = index(endIndex, offsetBy: -pattern.count, limitedBy: startIndex)
    while let index = start {
      if self[index...].starts(with: pattern) { return index..<self.index(index, offsetBy: pattern.count) }
      start = self.index(index, offsetBy: -1, limitedBy: startIndex)
    }
    return nil
  }
}
