import Glibc

/// An address of IPv6, or one of IPv4 as IPv6 has it (`::ffff:192.0.2.1`: RFC 4291, section 2.5.5.2), so that both ways to
/// write one are the same.
package struct IPAddress: Hashable, Sendable {
  /// 16, in the network's order.
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// - Parameter ipv4: four bytes in the network's order.
  init(ipv4: some Collection<UInt8>) { bytes = Self.mapped + ipv4 }

  /// An address alone, without brackets, port or zone.
  package init?(_ text: String) {
    guard !text.utf8.contains(0) else { return nil }
    var ipv4 = in_addr()
    var ipv6 = in6_addr()
    // Both are plain bytes in the network's order, copied within the closures.
    if inet_pton(AF_INET, text, &ipv4) == 1 {
      self.init(ipv4: withUnsafeBytes(of: ipv4) { Array($0) })
    } else if inet_pton(AF_INET6, text, &ipv6) == 1 {
      self.init(bytes: withUnsafeBytes(of: ipv6) { Array($0) })
    } else {
      return nil
    }
  }

  var isIPv4: Bool { bytes.starts(with: Self.mapped) }

  /// Whether only this host has it: 127.0.0.0/8 (RFC 1122, section 3.2.1.3) or `::1`.
  package var isLoopback: Bool {
    isIPv4 ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}

extension IPAddress: CustomStringConvertible {
  package var description: String {
    let family = isIPv4 ? AF_INET : AF_INET6
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    // inet_ntop(3) writes no more than it is told there is room for, and reads the 4 or 16 bytes of the family.
    guard inet_ntop(family, isIPv4 ? Array(bytes.suffix(4)) : bytes, &text, socklen_t(text.count)) != nil else {
      return ""
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The addresses that begin with the same bits (CIDR, RFC 4632): `192.0.2.0/24`, `2001:db8::/32`, or a single one.
package struct IPNetwork: Hashable, Sendable {
  private let address: IPAddress
  /// Of the 128.
  private let prefixBits: Int

  /// Nil as well where bits are set behind the prefix: that is no network, but a slip.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let address = IPAddress(parts[0]) else { return nil }
    let familyBits = address.isIPv4 ? 32 : 128
    var bits = familyBits
    if parts.count == 2 {
      guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(parts[1]), number <= familyBits
      else { return nil }
      bits = number
    }
    self.address = address
    prefixBits = bits + 128 - familyBits
    guard address.bytes == masked(address.bytes) else { return nil }
  }

  package func contains(_ other: IPAddress) -> Bool {
    address.isIPv4 == other.isIPv4 && masked(other.bytes) == address.bytes
  }

  private func masked(_ bytes: [UInt8]) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let bits = min(8, max(0, prefixBits - 8 * index))
      return byte & (bits == 0 ? 0 : 0xFF << (8 - UInt8(bits)))
    }
  }
}

extension IPNetwork: CustomStringConvertible {
  package var description: String {
    let bits = address.isIPv4 ? prefixBits - 96 : prefixBits
    return bits == (address.isIPv4 ? 32 : 128) ? address.description : "\(address)/\(bits)"
  }
}
