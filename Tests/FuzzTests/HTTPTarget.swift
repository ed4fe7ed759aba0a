import HubCore
import Runtime

@testable import pushhubd

/// What a client sends on a connection: heads, bodies, one request behind another. However the bytes are cut, the
/// answers are the same, and each is one well-formed response.
struct HTTPTarget: FuzzTarget {
  private static let now = FuzzHub.now

  private let hub = FuzzHub()

  func run(_ input: [UInt8]) throws {
    let input = hub.withToken(input)
    let whole = answers(to: input, cutAt: input.count)
    try check(whole)
    let cut = input.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    for place in [1, cut % (input.count + 1)] where place <= input.count {
      try expect(answers(to: input, cutAt: place) == whole, "the answers depend on where the bytes were cut")
    }
  }

  private func answers(to input: [UInt8], cutAt place: Int) -> [UInt8] {
    let client = API.Client(address: SocketAddress(ipv4: 0, port: 0), descriptor: -1, shard: 0, hasRoom: true)
    var machine = HTTP1Machine(
      HTTP1Machine.Context(api: API(hub: hub.make())), client: client, now: Self.now.monotonic)
    var answers: [UInt8] = []
    for part in [input[..<place], input[place...]] where !part.isEmpty && machine.next == .read {
      machine.receive(part.span, now: Self.now)
      answers += settle(&machine)
    }
    return answers
  }

  /// Does what the owner of a connection does, until it would wait.
  private func settle(_ machine: inout HTTP1Machine) -> [UInt8] {
    var output: [UInt8] = []
    while true {
      output += machine.output
      machine.output = []
      if machine.takeQuestion() != nil { machine.answer(.json(Array("{}".utf8)), now: Self.now) }
      switch machine.next {
      case .proceed: machine.proceed(now: Self.now)
      case .read where machine.output.isEmpty: return output
      case .read: continue
      case .endOutput: machine.outputEnded(now: Self.now)
      case .wait, .becomeStream, .discardInput, .close: return output
      }
    }
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
