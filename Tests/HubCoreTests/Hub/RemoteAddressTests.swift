import HubCore
import Testing

struct RemoteAddressTests {
  @Test(arguments: [
    (RemoteAddress(host: "192.0.2.1", port: 4711), "192.0.2.1:4711"),
    (RemoteAddress(host: "2001:db8::1", port: 4711), "[2001:db8::1]:4711"), (.unknown, "unknown"),
    (RemoteAddress(ipv4: 0xC000_0201, port: 65535), "192.0.2.1:65535"), (RemoteAddress(ipv4: 0, port: 0), "0.0.0.0:0"),
    (RemoteAddress(ipv4: .max, port: 1), "255.255.255.255:1"),
    (RemoteAddress(ipv4: 0x7F00_0001, port: nil), "127.0.0.1"),
  ])
  func isWrittenAsOneKnowsIt(address: RemoteAddress, text: String) { #expect(address.description == text) }
}
