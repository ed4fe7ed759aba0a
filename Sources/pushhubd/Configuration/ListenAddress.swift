import Glibc
import HubProtocol

/// Where to listen: `127.0.0.1:8888`, `[::1]:8888` or `localhost:8888`. Port 0 takes a free one.
struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// An IPv4 address, an IPv6 address without its brackets, or a name in lower case.
  let host: String
  let port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init(_ text: String) throws(ValueProblem) {
    guard let colon = text.lastIndex(of: ":") else { throw Self.problem(withoutColon: text) }
    port = try Self.port(text[text.index(after: colon)...], of: text)
    host = try Self.host(text[..<colon], of: text)
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether only this host can connect there.
  var isLoopback: Bool {
    var address = in_addr()
    if inet_pton(AF_INET, host, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
    return host == "localhost" || isLoopback6
  }

  private var isLoopback6: Bool {
    var address = in6_addr()
    guard inet_pton(AF_INET6, host, &address) == 1 else { return false }
    // Read within the closure; an in6_addr has 16 bytes and no padding.
    return withUnsafeBytes(of: address) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }

  private static func problem(withoutColon text: String) -> ValueProblem {
    guard let port = Int(text) else {
      return ValueProblem("\(quoted(text)) has no port: write HOST:PORT, such as 127.0.0.1:8888 or [::1]:8888")
    }
    return barePort(port)
  }

  private static func barePort(_ port: Int) -> ValueProblem {
    ValueProblem(
      "\(port) is a port without an address: write 127.0.0.1:\(port) for this host only, or 0.0.0.0:\(port) or "
        + "[::]:\(port) for every network")
  }

  private static func port(_ digits: Substring, of text: String) throws(ValueProblem) -> Int {
    guard digits.utf8.count <= 5, digits.utf8.allSatisfy(\.isDigit), let port = Int(digits),
      port <= 65_535
    else {
      throw ValueProblem("\(quoted(text)) does not end with a port: write HOST:PORT with a port from 0 to 65535")
    }
    return port
  }

  private static func host(_ host: Substring, of text: String) throws(ValueProblem) -> String {
    if host.isEmpty { throw barePort(Int(text.dropFirst()) ?? 0) }
    if host.first == "[", host.last == "]" { return try host6(String(host.dropFirst().dropLast()), of: text) }
    guard !host.contains(":") else {
      throw ValueProblem("\(quoted(text)) has an IPv6 address without brackets: write [::1]:8888")
    }
    guard host != "*" else {
      throw ValueProblem("\(quoted(text)) is no address: write 0.0.0.0\(text.dropFirst()) or [::]\(text.dropFirst())")
    }
    return try name(host.lowercased(), of: text)
  }

  private static func host6(_ host: String, of text: String) throws(ValueProblem) -> String {
    var address = in6_addr()
    guard !host.utf8.contains(0), inet_pton(AF_INET6, host, &address) == 1 else {
      throw ValueProblem("\(quoted(text)) has no IPv6 address in its brackets: write [::1]:8888")
    }
    return host.lowercased()
  }

  /// A host name (RFC 1123 section 2.1) or an IPv4 address: a last label of digits is one.
  private static func name(_ name: String, of text: String) throws(ValueProblem) -> String {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isName = name.utf8.count <= 253 && labels.allSatisfy(isLabel)
    guard isName else {
      throw ValueProblem("\(quoted(text)) has no host name or address: write HOST:PORT, such as 127.0.0.1:8888")
    }
    var address = in_addr()
    if let last = labels.last, last.allSatisfy(\.isNumber), inet_pton(AF_INET, name, &address) != 1 {
      throw ValueProblem(
        "\(quoted(text)) has a malformed IPv4 address: write four numbers from 0 to 255 with dots between")
    }
    return name
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
      && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
  }
}
