import HubCore
import NIOCore
import Testing

@testable import pushhubd

struct SocketAddressTests {
  @Test(arguments: [
    ("127.0.0.1", 8080), ("192.0.2.254", 65535), ("10.20.30.40", 1), ("255.255.255.255", 0), ("::1", 80),
    ("2001:db8::1", 443),
  ])
  func aSocketsAddressIsTheOneThatTheLibraryWrites(host: String, port: Int) throws {
    let address = try SocketAddress(ipAddress: host, port: port)
    #expect(RemoteAddress(address) == RemoteAddress(host: host, port: UInt16(port)))
  }

  @Test func otherSocketsHaveNone() throws {
    #expect(RemoteAddress(try SocketAddress(unixDomainSocketPath: "/x")) == .unknown)
    #expect(RemoteAddress(nil) == .unknown)
  }
}
