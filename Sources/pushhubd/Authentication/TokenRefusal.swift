/// Why a token is not accepted. Each is a 401 with `error="invalid_token"`.
enum TokenRefusal: Error, Hashable, Sendable, CaseIterable {
  /// Longer than `CompactToken.maxBytes`.
  case tooLarge
  /// Not a JWT in compact form, or a claim of the wrong shape.
  case malformed
  /// `alg` is `none`, is not known, or is not one that the configured keys are for.
  case algorithm
  /// `kid` names no key that is for the token's algorithm.
  case unknownKey
  case badSignature
  /// There is no `kid`, more keys are for the algorithm than are tried, and none of those that were tried is the one.
  case keyNotNamed
  case expired
  case notYetValid
  case wrongIssuer
  case wrongAudience
  /// None of the claims that name a user is there, or the first of them is no user id.
  case noUser
  /// It is good, but the user's tokens of its time were revoked.
  case revoked

  /// The `error_description` of RFC 6750 section 3, and the problem's `detail`: repeats nothing of the token, and holds
  /// no quotation mark or backslash.
  var errorDescription: String {
    switch self {
    case .tooLarge: "The token is longer than 8 KiB"
    case .malformed: "The token is malformed"
    case .algorithm: "The token is signed with an algorithm that is not accepted here"
    case .unknownKey: "The token names a key that is not known here"
    case .badSignature: "The token's signature is not valid"
    case .keyNotNamed: "The token must name its key with kid; the first keys for its algorithm did not sign it"
    case .expired: "The token has expired"
    case .notYetValid: "The token is not valid yet"
    case .wrongIssuer: "The token is from another issuer"
    case .wrongAudience: "The token is for another audience"
    case .noUser: "The token names no valid user"
    case .revoked: "The token was revoked"
    }
  }
}
