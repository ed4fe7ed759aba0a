import HubCore
import Runtime

@testable import pushhubd

/// A connection without a socket: what a client sends goes in as text, what it would get comes out as text. It does what
/// the owner of the machine does, and its clock is the test's.
final class TestConnection {
  private static let sweepInterval: Int64 = 100

  let hub: TestHub
  /// Whether the socket takes what is written.
  var isWritable = true
  private(set) var stream: StreamRef?
  private var machine: HTTP1Machine
  private var now = TestHub.now

  init(_ hub: TestHub = TestHub(), hasRoom: Bool = true) {
    self.hub = hub
    let client = API.Client(
      address: SocketAddress(ipv4: 0x7F00_0001, port: 1), descriptor: 7, shard: 0, hasRoom: hasRoom)
    machine = HTTP1Machine(HTTP1Machine.Context(api: API(hub: hub.hub)), client: client, now: now.monotonic)
  }

  /// Returns what the hub answers at once.
  @discardableResult
  func send(_ text: String) -> String { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> String {
    guard machine.next == .read, isWritable || machine.output.isEmpty else { return "" }
    machine.receive(bytes.span, now: now)
    return received()
  }

  /// The client sends nothing more.
  func sendEnd() -> String {
    machine.inputEnded()
    return received()
  }

  func received() -> String {
    var text = ""
    while isWritable {
      text += String(decoding: machine.output, as: UTF8.self)
      if !machine.output.isEmpty { machine.outputProgressed(now: now) }
      if case .becomeStream(let stream) = machine.next {
        self.stream = stream
        machine.output = []
        return text
      }
      machine.output = []
      if machine.takeQuestion() != nil {
        machine.answer(.json(Array("{}".utf8)), now: now)
        continue
      }
      switch machine.next {
      case .proceed: machine.proceed(now: now)
      case .endOutput: machine.outputEnded(now: now)
      case .read, .wait, .discardInput, .close, .becomeStream: return text
      }
    }
    return text
  }

  func wait(milliseconds: Int64) -> String {
    var text = ""
    let end = now.monotonic + milliseconds
    while now.monotonic < end {
      now = now.advanced(by: min(Self.sweepInterval, end - now.monotonic))
      machine.followRules()
      if machine.deadline <= now.monotonic { machine.deadlinePassed(now: now) }
      text += received()
    }
    return text
  }

  /// The hub is stopping.
  func quiesce() { machine.quiesce(now: now) }

  /// Whose first request takes so long needs a place.
  func requirePlace(ofNewFor milliseconds: Int64) -> String {
    machine.requirePlace(ofNewSince: now.monotonic - milliseconds, now: now)
    return received()
  }

  /// Whether requests are still read.
  var isOpen: Bool {
    switch machine.next {
    case .read, .proceed, .wait: true
    case .becomeStream, .endOutput, .discardInput, .close: false
    }
  }

  var isClosed: Bool { machine.next == .close }
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
