import HubCore
import Runtime
import Testing

@testable import pushhubd

/// Where a request comes from, by the word of proxies.
struct ForwardingTests {
  private static let proxies = TrustedProxies(
    entries: ["loopback", "10.0.0.0/8", "2001:db8:ffff::/48"].compactMap(TrustedProxies.Entry.init))

  private func forwarding(_ lines: String...) throws -> Forwarding? { try forwarding(lines) }

  private func forwarding(_ lines: [String]) throws -> Forwarding? {
    let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n".utf8)
    return Forwarding(try RawHead(bytes.span).fields)
  }

  @Test(arguments: [
    ("X-Forwarded-For: 192.0.2.1", "192.0.2.1"), ("X-Forwarded-For: 192.0.2.1:4711", "192.0.2.1:4711"),
    ("X-Forwarded-For: 198.51.100.9, 192.0.2.1", "192.0.2.1"), ("X-Forwarded-For: 192.0.2.1, 10.1.2.3", "192.0.2.1"),
    ("X-Forwarded-For: 198.51.100.9,192.0.2.1 ,10.1.2.3,\t127.0.0.1", "192.0.2.1"),
    ("X-Forwarded-For: 10.9.9.9, 10.1.2.3", "10.9.9.9"), ("X-Forwarded-For: 2001:db8::1", "2001:db8::1"),
    ("X-Forwarded-For: [2001:db8::1]:80, 2001:db8:ffff::2", "[2001:db8::1]:80"),
    ("X-Forwarded-For: 192.0.2.1, unknown, 10.1.2.3", "10.1.2.3"), ("X-Forwarded-For: evil, 192.0.2.1", "192.0.2.1"),
    ("X-Forwarded-For: ::ffff:192.0.2.1", "192.0.2.1"),
    ("Forwarded: for=192.0.2.1", "192.0.2.1"),
    ("Forwarded: For=\"[2001:db8::1]:4711\";proto=https", "[2001:db8::1]:4711"),
    ("Forwarded: for=192.0.2.1;by=10.0.0.1, for=10.1.2.3", "192.0.2.1"),
    ("Forwarded: for=\"_a,b\", for=192.0.2.1", "192.0.2.1"),
    ("Forwarded: for=192.0.2.1, for=_hidden, for=10.1.2.3", "10.1.2.3"),
    ("Forwarded: proto=http; for = 192.0.2.1", "192.0.2.1"), ("Forwarded: for=\"192.0.2.\\1\"", "192.0.2.1"),
  ])
  func `the client is the last that is no trusted proxy`(line: String, client: String) throws {
    let forwarding = try #require(try forwarding(line))
    #expect(forwarding.client(trusting: Self.proxies)?.description == client)
  }

  @Test(arguments: [
    "X-Forwarded-For: unknown", "X-Forwarded-For: 192.0.2.1, _x", "X-Forwarded-For: 192.0.2.1, 1.2.3",
    "X-Forwarded-For: ,",
    "X-Forwarded-For:", "Forwarded: for=unknown", "Forwarded: by=192.0.2.1", "Forwarded: ;;,=",
    "Forwarded: for=\"192.0.2.1",
    "X-Forwarded-For: [::1", "X-Forwarded-For: [::1]x", "X-Forwarded-For: [192.0.2.1]:99999",
    "X-Forwarded-Proto: https",
  ])
  func `where nothing can be read nothing is said`(line: String) throws {
    #expect(try #require(try forwarding(line)).client(trusting: Self.proxies) == nil)
  }

  @Test func `Forwarded counts more, and several fields are one list`() throws {
    let both = try forwarding("X-Forwarded-For: 198.51.100.1", "Forwarded: for=192.0.2.1")
    #expect(both?.client(trusting: Self.proxies)?.host == "192.0.2.1")
    let several = try forwarding("X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 10.1.2.3")
    #expect(several?.client(trusting: Self.proxies)?.host == "192.0.2.1")
    let without = try forwarding("Forwarded: proto=https", "X-Forwarded-For: 192.0.2.1")
    #expect(without?.client(trusting: Self.proxies)?.host == "192.0.2.1")
    #expect(try forwarding() == nil)
  }

  @Test(
    arguments: [
      (["X-Forwarded-Proto: https"], "https"), (["X-Forwarded-Proto: HTTPS , http"], "https"),
      (["X-Forwarded-Proto: http, https"], "http"), (["Forwarded: for=a;proto=HTTPS, proto=http"], "https"),
      (["Forwarded: proto=https", "X-Forwarded-Proto: http"], "http"), (["X-Forwarded-For: 192.0.2.1"], nil),
    ] as [([String], String?)])
  func `the scheme is the first proxy's`(lines: [String], scheme: String?) throws {
    #expect(try #require(try forwarding(lines)).scheme == scheme)
  }

  @Test func `only from trusted proxies`() throws {
    let proxies = Self.proxies
    #expect(proxies.trusts(IPAddress("127.0.0.1")) && proxies.trusts(IPAddress("10.1.1.1")))
    #expect(!proxies.trusts(IPAddress("192.0.2.1")) && !proxies.trusts(nil))
    #expect(TrustedProxies.standard.trusts(nil) && TrustedProxies.standard.trusts(IPAddress("::1")))
    #expect(!TrustedProxies(entries: []).trusts(IPAddress("127.0.0.1")))
  }
}
