import HubProtocol

/// Why a token is not accepted, as exactly as can be told: `explanation` is for whoever runs the hub. What a remote caller,
/// the log and the figures say is the `reason`.
enum TokenRefusal: Error, Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case header, claims, signature
  }

  /// Why a part is no base64url.
  enum EncodingFlaw: Hashable, Sendable {
    case padding
    case whiteSpace
    /// `+` or `/`.
    case otherAlphabet
    case otherCharacter
    /// No encoder makes that length, or those last bits.
    case cut
  }

  enum UserFlaw: Hashable, Sendable {
    /// Neither a string nor a number.
    case type(JSONValue.Kind)
    /// A fraction, an exponent, `-0`.
    case noInteger
    case empty
    case tooLong(bytes: Int)
    /// Control characters, or half of a surrogate pair.
    case characters
  }

  /// Longer than `CompactToken.maxBytes`.
  case tooLarge(bytes: Int)
  case empty
  /// Not three, and not five.
  case parts(Int)
  /// Five parts: a JWE (RFC 7516).
  case encrypted
  case encoding(Part, EncodingFlaw)
  /// No JSON object.
  case noObject(Part)
  case duplicate(Part, name: String)
  case critical
  /// `alg` is not there, or no string.
  case noAlgorithm(JSONValue.Kind?)
  case keyIDType(JSONValue.Kind)
  /// `exp`, `nbf` or `iat` is no number.
  case dateType(claim: String, JSONValue.Kind)

  /// `alg` is `none`, whatever the case of its letters.
  case unsigned
  case unknownAlgorithm(String)
  /// One that no key is for.
  case otherAlgorithm(SignatureAlgorithm, accepted: [SignatureAlgorithm])

  /// `kid` names no key that is for the token's algorithm.
  case unknownKey(id: String)
  case badSignature(SignatureAlgorithm, bytes: Int)
  /// There is no `kid`, more keys are for the algorithm than are tried, and none of those that were tried is the one.
  case keyNotNamed(SignatureAlgorithm)

  /// Times are milliseconds of the wall clock.
  case expired(at: Int64, now: Int64, leeway: Int64)
  case notYetValid(until: Int64, now: Int64, leeway: Int64)
  /// The claim as JSON; nil where it is not there.
  case wrongIssuer(String?, right: String)
  case wrongAudience(String?, right: [String])

  /// None of the claims that name a user is there.
  case noUser
  /// The first of them that is there is no user id.
  case badUser(claim: String, UserFlaw)

  /// What all may know. Each is a 401 with `error="invalid_token"`.
  enum Reason: Hashable, Sendable, CaseIterable {
    case tooLarge
    /// Not a JWT in compact form, or a claim of the wrong shape.
    case malformed
    /// `alg` is `none`, is not known, or is not one that the configured keys are for.
    case algorithm
    case unknownKey
    case badSignature
    case keyNotNamed
    case expired
    case notYetValid
    case wrongIssuer
    case wrongAudience
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

  var reason: Reason {
    switch self {
    case .tooLarge: .tooLarge
    case .empty, .parts, .encrypted, .encoding, .noObject, .duplicate, .critical, .noAlgorithm, .keyIDType, .dateType:
      .malformed
    case .unsigned, .unknownAlgorithm, .otherAlgorithm: .algorithm
    case .unknownKey: .unknownKey
    case .badSignature: .badSignature
    case .keyNotNamed: .keyNotNamed
    case .expired: .expired
    case .notYetValid: .notYetValid
    case .wrongIssuer: .wrongIssuer
    case .wrongAudience: .wrongAudience
    case .noUser, .badUser: .noUser
    }
  }
}

extension TokenRefusal.EncodingFlaw {
  /// Of text that `Base64URL` does not decode.
  init(of text: some Collection<UInt8>) {
    if text.contains(where: \.isWhiteSpace) {
      self = .whiteSpace
    } else if text.contains(UInt8(ascii: "=")) {
      self = .padding
    } else if text.contains(where: { "+/".utf8.contains($0) }) {
      self = .otherAlphabet
    } else {
      self = text.allSatisfy { $0.base64Value != nil } ? .cut : .otherCharacter
    }
  }
}
