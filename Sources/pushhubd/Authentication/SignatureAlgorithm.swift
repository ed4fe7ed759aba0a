import HubProtocol

/// The signature algorithms that the hub accepts (RFC 7518 section 3.1, RFC 8037 section 3.1), by their names in `alg`.
enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case es256 = "ES256"
  case edDSA = "EdDSA"

  /// Those that need a shared secret.
  static let hmac: [SignatureAlgorithm] = [.hs256, .hs384, .hs512]

  /// By its name in `alg`, compared byte by byte; nil for `none` and all others.
  init?(named name: String) {
    guard let algorithm = Self.allCases.first(where: { $0.rawValue.hasSameBytes(as: name) }) else { return nil }
    self = algorithm
  }
}
