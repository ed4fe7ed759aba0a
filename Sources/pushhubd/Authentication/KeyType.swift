/// What the key file is taken for: `auth.key-type`.
enum KeyType: String, Hashable, Sendable, CaseIterable {
  /// What is in it decides; it is a secret only where it can be nothing else.
  case automatic = "auto"
  /// Whatever is in it.
  case secret
  case pem
  /// A JWK Set.
  case jwks
}
