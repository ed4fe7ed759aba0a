import Foundation
import Glibc
import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

/// The publishers of one shard, with a real Unix socket; the test does what the shard's loop does.
@Suite struct PublisherTableTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sock").path
  private let hub: TestHub
  private let socket: PublishSocket
  private let table: PublisherTable

  init() throws {
    hub = TestHub { $0.publish.maxPublishers = 2 }
    socket = try PublishSocket.open(path: path, mode: 0o600, group: nil)
    table = PublisherTable(hub.hub, hub.shard)
    table.listen(socket.descriptor, now: TestHub.now)
  }

  private func close() {
    table.closeAll()
    socket.remove()
  }

  /// Somebody connects and is let in.
  private func connect(now: Moment = TestHub.now) throws -> TestSocket {
    let client = try TestSocket.Address(of: socket.descriptor).connect()
    table.accept(now: now)
    perform(now: now)
    return client
  }

  private func perform(now: Moment = TestHub.now) {
    for item in hub.takeItems() {
      switch item {
      case .publisher(let descriptor, let publisher, let place): table.adopt(descriptor, publisher, place)
      case .publisherGivesWay(let number): table.giveWay(number, now: now)
      case .publisherFinding(let token, let finding): table.tell(token, finding, now: now)
      default: break
      }
    }
  }

  /// A turn of the loop.
  private func turn(now: Moment = TestHub.now) {
    for index in 0..<hub.shard.poller.wait(milliseconds: 0) {
      guard let (token, _) = hub.shard.poller.event(at: index) else { continue }
      if token == LoopToken.publisherListener { table.accept(now: now) } else { table.isReady(token, now: now) }
    }
    table.continueUnfinished(now: now)
    perform(now: now)
  }

  @Test func whoComesIsServedAndWhoGoesIsForgotten() throws {
    defer { close() }
    let client = try connect()
    #expect(hub.hub.publishers.count == 1)
    try client.send("PING\n")
    turn()
    #expect(client.received() == "OK pong\n")
    client.endOutput()
    turn()
    #expect(client.received() == nil)
    #expect(hub.hub.publishers.count == 0)
    let uid = "\(getuid())"
    #expect(hub.logged(.publisherConnected, .publisherDisconnected, field: .publisherUID) == [uid, uid])
  }

  @Test func whatIsAskedOfTheShardsComesBackAsAItem() throws {
    defer { close() }
    let client = try connect()
    try client.send("CONNECTIONS user:anna\nPING\n")
    turn()
    #expect(client.received() == #"OK {"userId":"anna","connections":[]}"# + "\nOK pong\n")
  }

  @Test func whoIsOneTooManyIsToldSo() throws {
    defer { close() }
    let clients = [try connect(), try connect()]
    let third = try connect()
    #expect(third.receive().hasPrefix("ERR overloaded "))
    #expect(hub.hub.publishers.count == 2 && hub.logged(.publisherRefused, field: .reason).count == 1)
    for client in clients { #expect(client.received() == "") }
  }

  @Test func whoWasSilentForLongestGivesWayWithItsReplies() throws {
    defer { close() }
    let first = try connect()
    let second = try connect(now: TestHub.now.advanced(by: 1))
    let later = TestHub.now.advanced(by: PublisherPlaces.minSilence)
    try first.send("PING\n")
    let third = try connect(now: later)
    turn(now: later)
    #expect(first.receive() == "OK pong\n", "it has its reply before it is closed")
    #expect(second.received() == "")
    try third.send("PING\n")
    turn(now: later)
    #expect(third.received() == "OK pong\n")
    #expect(hub.logged(.publisherGaveWay, field: .publisherPID) == ["\(getpid())"])
  }

  @Test func theEndWaitsForRepliesAndForNobodyElse() throws {
    defer { close() }
    let (idle, asking) = (try connect(), try connect())
    try asking.send("PING\n")
    table.finish(now: TestHub.now)
    turn()
    #expect(idle.received() == nil)
    #expect(asking.receive() == "OK pong\n")
    #expect(hub.hub.publishers.count == 0)
  }

  @Test func anotherSocketTakesThePlaceOfTheOneBefore() throws {
    defer { close() }
    let waiting = try TestSocket.Address(of: socket.descriptor).connect()
    let other = try PublishSocket.open(path: path + ".new", mode: 0o600, group: nil)
    defer { other.remove() }
    table.listen(other.descriptor, now: TestHub.now)
    perform()
    try waiting.send("PING\n")
    turn()
    #expect(waiting.received() == "OK pong\n", "who waited at the old one is let in")
    let client = try TestSocket.Address(of: other.descriptor).connect()
    turn()
    try client.send("PING\n")
    turn()
    #expect(client.received() == "OK pong\n")
  }
}
