import Testing

@testable import pushhubd

struct ListenAddressTests {
  private func problem(_ text: String) -> String? {
    do throws(ValueProblem) {
      _ = try ListenAddress(text)
      return nil
    } catch { return error.description }
  }

  @Test(arguments: [
    ("127.0.0.1:8888", "127.0.0.1", 8888), ("0.0.0.0:0", "0.0.0.0", 0), ("[::1]:8888", "::1", 8888),
    ("[::]:65535", "::", 65535), ("[2001:DB8::1]:443", "2001:db8::1", 443), ("localhost:80", "localhost", 80),
    ("My-Host.Example:080", "my-host.example", 80), ("4you.example:1", "4you.example", 1),
  ])
  func isReadAndWritten(text: String, host: String, port: Int) throws {
    let address = try ListenAddress(text)
    #expect(address == ListenAddress(host: host, port: port))
    #expect(try ListenAddress(address.description) == address)
  }

  @Test(arguments: [
    ("8888", "8888 is a port without an address: write 127.0.0.1:8888 for this host only"),
    (":8888", "8888 is a port without an address: write 127.0.0.1:8888 for this host only"),
    ("127.0.0.1", "“127.0.0.1” has no port"), ("localhost", "“localhost” has no port"),
    ("a:", "“a:” does not end with a port"),
    ("a:65536", "“a:65536” does not end with a port"), ("a:-1", "“a:-1” does not end with a port"),
    ("a:٣", "“a:٣” does not end with a port"), ("a:000080", "“a:000080” does not end with a port"),
    ("::1:80", "“::1:80” has an IPv6 address without brackets"), ("[::1]", "“[::1]” does not end with a port"),
    ("[::g]:80", "“[::g]:80” has no IPv6 address"), ("[fe80::1%eth0]:80", "“[fe80::1%eth0]:80” has no IPv6 address"),
    ("[127.0.0.1]:80", "“[127.0.0.1]:80” has no IPv6 address"),
    ("*:80", "“*:80” is no address: write 0.0.0.0:80 or [::]:80"),
    ("127.0.0.300:80", "“127.0.0.300:80” has a malformed IPv4 address"),
    ("127.1:80", "“127.1:80” has a malformed IPv4 address"),
    ("http://a:80", "“http://a:80” has an IPv6 address without brackets"), ("a b:80", "“a b:80” has no host name"),
    ("-a:80", "“-a:80” has no host name"), ("a..b:80", "“a..b:80” has no host name"),
    ("ä:80", "“ä:80” has no host name"),
    ("[::1\u{0}]:80", "“[::1\\u{0}]:80” has no IPv6 address"),
  ])
  func whatIsNoneIsRefused(text: String, beginning: String) {
    #expect(problem(text)?.hasPrefix(beginning) == true, "\(problem(text) ?? "taken")")
  }

  @Test(arguments: [
    ("https://app.example", "https://app.example"), ("https://App.Example:443", "https://app.example"),
    ("HTTP://a:80", "http://a"), ("http://a:443", "http://a:443"), ("https://a:8443", "https://a:8443"),
    ("http://[::1]:5173", "http://[::1]:5173"), ("http://[::1]", "http://[::1]"),
    ("capacitor://localhost", "capacitor://localhost"),
    ("chrome-extension://abcdefgh", "chrome-extension://abcdefgh"), ("*", "*"),
    ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
  ])
  func anOriginIsWrittenAsBrowsersDo(text: String, origin: String) throws {
    #expect(try AllowedOrigin.normalized(text) == origin)
    if origin != "*" { #expect(WebOrigin(origin)?.description == origin) }
  }

  @Test(arguments: [
    ("null", "any sandboxed page"), ("app.example", "has no scheme"), ("https:app.example", "has no scheme"),
    ("://a", "does not begin with a scheme"), ("1http://a", "does not begin with a scheme"),
    ("https://a/", "more than an origin"), ("https://a/b", "more than an origin"),
    ("https://a?b", "more than an origin"),
    ("https://u@a", "more than an origin"), ("https://*.example", "wildcard"), ("https://", "has no host"),
    ("https://bücher.example", "has no host"), ("https://a:0", "no port"), ("https://a:65536", "no port"),
    ("https://a:", "no port"),
    ("https://a:b", "no port"), ("https://[::1", "has no host"), ("https://a b", "has no host"),
  ])
  func whatIsNoOriginIsRefused(text: String, part: String) {
    do throws(ValueProblem) {
      #expect(try AllowedOrigin.normalized(text) == "refused")
    } catch {
      #expect(error.description.contains(part), "\(error)")
    }
  }
}
