import Testing

@testable import Runtime

struct IPAddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("::1", "::1"),
    ("::", "::"), ("0.0.0.0", "0.0.0.0"),
  ])
  func `an address has one form however it is written`(text: String, form: String) throws {
    #expect(try #require(IPAddress(text)).description == form)
  }

  @Test(arguments: [
    "", "1", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "::1%lo", " 192.0.2.1", "192.0.2.1\0", "localhost",
    ":::",
  ])
  func `what is no address alone is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.255.0.9", true), ("::ffff:127.0.0.1", true), ("::1", true), ("128.0.0.1", false),
    ("::2", false), ("::", false), ("7f00::1", false),
  ])
  func `loopback is this host alone`(text: String, isLoopback: Bool) throws {
    #expect(try #require(IPAddress(text)).isLoopback == isLoopback)
  }

  @Test(arguments: [
    ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("10.0.0.0/8", "10.255.1.1", true),
    ("0.0.0.0/0", "203.0.113.7", true), ("0.0.0.0/0", "2001:db8::1", false), ("192.0.2.1", "192.0.2.1", true),
    ("192.0.2.1", "192.0.2.2", false), ("192.0.2.128/25", "192.0.2.127", false),
    ("2001:db8::/33", "2001:db8:7fff::", true),
    ("2001:db8::/33", "2001:db8:8000::", false), ("::/0", "::1", true), ("::/0", "192.0.2.1", false),
    ("::ffff:192.0.2.0/24", "192.0.2.9", true),
  ])
  func `a network holds what begins with its bits`(network: String, address: String, holds: Bool) throws {
    let address = try #require(IPAddress(address))
    #expect(try #require(IPNetwork(network)).contains(address) == holds)
  }

  @Test(arguments: [
    "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/8/8", "2001:db8::1/32",
    "::/129", "/8", "192.0.2.0/0x8", "192.0.2.0/٣",
  ])
  func `what is no network is none`(text: String) {
    #expect(IPNetwork(text) == nil)
  }

  @Test(arguments: ["192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "::1", "0.0.0.0/0", "::/0"])
  func `a network is written as it is read`(text: String) throws {
    #expect(try #require(IPNetwork(text)).description == text)
  }
}
