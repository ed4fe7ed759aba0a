import Glibc
import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

/// A manager and one table of streams, driven by hand: the sockets are real (a pair each), the clock is the test's.
final class TestShard {
  private let hub: TestHub
  let table: StreamTable
  private var connections: UInt64 = 0

  init(_ change: (inout Settings) -> Void = { _ in }) throws {
    hub = TestHub(change)
    table = StreamTable(hub.hub, hub.shard, index: 0, now: TestHub.now)
  }

  var manager: SSEManager { hub.manager }
  var shard: Shard { hub.shard }

  /// Why streams ended, as the log tells it.
  var departures: [String] { hub.logged(.connectionClosed, .slowConsumer, field: .reason) }

  /// A connected pair of sockets, the hub's end small enough to fill up soon.
  struct Client {
    let stream: StreamRef
    let id: ConnectionID
    let socket: CInt
    let hubSocket: CInt
  }

  /// Its opening waits with the rest of what was posted. The hub's send buffer fills up soon.
  func register(
    _ user: String, lastEventID: String? = nil, topics: [String] = [], form: WireForm = .plain,
    tokenExpiresAt: Int64? = nil
  ) throws -> Client {
    var pair: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw SystemCallError("socketpair") }
    var size: CInt = 4096
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, 4)
    connections += 1
    let request = ConnectionRequest(
      id: ConnectionID(high: 1, low: connections), user: try #require(UserID(user)),
      lastEventID: LastEventID(lastEventID), topics: topics.compactMap(TopicName.init), tokenExpiresAt: tokenExpiresAt,
      form: form, socket: pair[0])
    guard case .opened(let opening) = manager.createConnection(request, now: table.now) else {
      throw SystemCallError("createConnection", number: EPERM)
    }
    return Client(stream: opening.stream, id: request.id, socket: pair[1], hubSocket: pair[0])
  }

  func connect(
    _ user: String, lastEventID: String? = nil, topics: [String] = [], form: WireForm = .plain,
    tokenExpiresAt: Int64? = nil
  ) throws -> Client {
    let client = try register(
      user, lastEventID: lastEventID, topics: topics, form: form, tokenExpiresAt: tokenExpiresAt)
    perform()
    return client
  }

  @discardableResult
  func publish(
    _ data: String, to target: Target = .everyone, value: Message.ValueChange? = nil
  ) -> Publication {
    manager.publish(Message(type: .message, data: Array(data.utf8), value: value), to: target, now: table.now)
  }

  /// Performs what was posted, as the shard's loop does.
  func perform() {
    table.perform(hub.takeItems()[...])
  }

  /// Handles what the sockets have to say.
  func poll() {
    for index in 0..<shard.poller.wait(milliseconds: 0) {
      if let (token, interest) = shard.poller.event(at: index) { table.isReady(token, for: interest) }
    }
  }

  /// All that the client can read now; nil at the end of the stream.
  func read(_ client: Client) -> String? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(client.socket, &buffer, buffer.count, SocketFlags.receive)
      if count > 0 {
        bytes += buffer.prefix(count)
      } else if count == 0 && bytes.isEmpty {
        return nil
      } else {
        return String(decoding: bytes, as: UTF8.self)
      }
    }
  }

  /// Reads until the end of the stream, letting the hub write whenever it can; an issue if it does not end.
  func readToEnd(_ client: Client) -> String {
    let text = drain(client)
    #expect(read(client) == nil, "the stream has not ended")
    return text
  }

  /// Reads and lets the hub write until both have nothing more.
  func drain(_ client: Client) -> String {
    var text = ""
    var idle = 0
    while idle < 2, let more = read(client) {
      text += more
      idle = more.isEmpty ? idle + 1 : 0
      poll()
    }
    return text
  }
}

func event(_ sequence: Int, _ data: String) -> String { "id: 7-\(sequence)\nevent: message\ndata: \(data)\n\n" }
