import HubCore
import HubProtocol
import Testing

@testable import pushhubd

@Suite struct CommandExecutorTests {
  private let hub = TestHub()
  private let sockets: (client: TestSocket, hub: CInt)
  private let publisher: Publisher

  init() throws {
    sockets = try TestSocket.pair()
    publisher = try Publisher(of: sockets.client.descriptor)
  }

  private func outcome(_ line: String) -> CommandExecutor.Outcome {
    let bytes = Array(line.utf8)
    return CommandExecutor(hub: hub.hub).execute(.complete(bytes.span), from: publisher, now: TestHub.now)
  }

  /// The line that is answered, without its end.
  private func reply(_ line: String) -> String? {
    guard case .reply(let reply) = outcome(line) else { return nil }
    return String(decoding: reply.bytes.dropLast(), as: UTF8.self)
  }

  private func connect(_ user: String) throws -> ConnectionID {
    let request = ConnectionRequest(id: hub.hub.randomConnectionID(), user: try #require(UserID(user)))
    guard case .opened = hub.manager.createConnection(request, now: TestHub.now) else {
      throw TokenRefusal.noUser
    }
    return request.id
  }

  @Test func aPublishedEventIsNumberedAndCounted() throws {
    _ = try connect("anna")
    #expect(reply("PUSH user:anna notice 1") == "OK 7-1 1")
    #expect(reply("push * notice 2") == "OK 7-2 1")
    #expect(hub.frames == ["id: 7-1\nevent: notice\ndata: 1\n\n", "id: 7-2\nevent: notice\ndata: 2\n\n"])
  }

  @Test func whoWantsNoReplyGetsNone() {
    guard case .silence = outcome("@reply=no PUSH * notice 1") else {
      return #expect(Bool(false), "it is answered")
    }
    #expect(hub.frames.count == 1)
  }

  @Test func closingSaysHowManyAndIsLogged() throws {
    let id = try connect("anna")
    _ = try connect("anna")
    #expect(reply("CLOSE conn:\(id)") == "OK 1")
    #expect(reply("CLOSE user:anna bye") == "OK 1")
    #expect(reply("CLOSE user:anna") == "OK 0")
    #expect(hub.logged(.connectionClosed, field: .reason) == ["disconnected", "disconnected"])
  }

  @Test(arguments: [
    ("PUSH conn:conn_00000000-0000-0000-0000-000000000001 notice 1", "unknown-connection"),
    ("CLOSE conn:conn_00000000-0000-0000-0000-000000000001", "unknown-connection"),
    ("CONNECTIONS conn:conn_00000000-0000-0000-0000-000000000001", "unknown-connection"),
    ("EXPLAIN 7-1", "unknown-event"), ("EXPLAIN 8-1", "unknown-event"), ("NONSENSE", "bad-verb"),
    ("CLOSE *", "bad-target"),
  ])
  func whatCannotBeDoneIsAnErrorThatIsCounted(line: String, code: String) throws {
    #expect(reply(line)?.hasPrefix("ERR \(code) ") == true)
    #expect(hub.logged(.commandRefused, field: .reason) == [code])
    #expect(hub.hub.counters.commandErrors[try #require(ErrorCode(rawValue: code))] == 1)
  }

  @Test func aKeyIsGoodForOneEventAlone() {
    #expect(reply("@key=k PUSH * notice 1") == "OK 7-1 0")
    #expect(reply("@key=k PUSH * notice 1") == "OK 7-1 0")
    #expect(reply("@key=k PUSH * notice 2")?.hasPrefix("ERR key-reused ") == true)
  }

  @Test func aLineThatIsTooLongIsRefused() {
    let outcome = CommandExecutor(hub: hub.hub).execute(.tooLong, from: publisher, now: TestHub.now)
    guard case .reply(.error(.tooLong, _)) = outcome else { return #expect(Bool(false), "it is taken") }
  }

  @Test func connectionsAreAskedOfTheShards() throws {
    let id = try connect("anna")
    let anna = Topic.user(try #require(UserID("anna")))
    for (line, question) in [
      ("CONNECTIONS user:anna", Question.connections(anna, nil)),
      ("CONNECTIONS conn:\(id)", Question.connections(anna, id)),
    ] {
      guard case .ask(let asked) = outcome(line) else { return #expect(Bool(false), "nobody is asked") }
      #expect(asked == question)
    }
  }

  @Test func aReloadChangesWhoMayDoWhat() throws {
    #expect(reply("PUSH * notice 1") == "OK 7-1 0")
    hub.reload { $0.publish.allow = PublishRights([]) }
    #expect(reply("PUSH * notice 2")?.hasPrefix("ERR forbidden ") == true)
    #expect(reply("STATS")?.hasPrefix("ERR forbidden ") == true)
    #expect(reply("PING") == "OK pong", "that, everyone may")
    #expect(hub.logged(.commandForbidden, field: .reason) == ["forbidden", "forbidden"])
    hub.reload { $0.publish.allow = .standard }
    #expect(reply("PUSH * notice 3") == "OK 7-2 0")
  }

  @Test func aHubThatStopsTakesNothingMore() {
    hub.hub.startDraining()
    #expect(reply("PUSH * notice 1")?.hasPrefix("ERR draining ") == true)
    #expect(reply("STATS")?.hasPrefix(#"OK {"totalConnections":0,"#) == true)
  }
}
