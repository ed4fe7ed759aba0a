import Foundation
import Glibc
import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

/// A hub whose shards run, with a TCP socket for clients and a Unix socket for publishers.
final class RunningHub {
  let test: TestHub
  let publishSocket: PublishSocket
  let listener: HTTPListener
  private let publishAddress: TestSocket.Address
  private let address: TestSocket.Address

  init(shards: Int = 2) throws {
    test = TestHub(shards: shards)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sock").path
    publishSocket = try PublishSocket.open(path: path, mode: 0o600, group: nil)
    listener = HTTPListener(try ListeningSocket.open(host: "127.0.0.1", port: 0))
    publishAddress = try TestSocket.Address(of: publishSocket.descriptor)
    address = try TestSocket.Address(of: listener.descriptor)
    try hub.start()
    hub.shards[0].post(.publisherListener(publishSocket.descriptor))
    for shard in hub.shards { shard.post(.httpListeners([listener])) }
  }

  deinit {
    hub.stop()
    publishSocket.remove()
  }

  var hub: Hub { test.hub }

  func publisher() throws -> TestSocket { try publishAddress.connect() }
  func client() throws -> TestSocket { try address.connect() }

  /// A client whose stream is open.
  func stream(_ user: String) throws -> TestSocket {
    let client = try client()
    let now = SystemClock.now().wall / 1000
    let token = try TestSigner.hmac().token(#"{"sub":"\#(user)","exp":\#(now + 3600)}"#)
    try client.send("GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
    let beginning = client.receive(through: "event: welcome\n")
    #expect(beginning.hasPrefix("HTTP/1.1 200 OK\r\n"))
    if !beginning.hasSuffix("\n\n\r\n") { _ = client.receive(through: "\n\n\r\n") }
    return client
  }
}
