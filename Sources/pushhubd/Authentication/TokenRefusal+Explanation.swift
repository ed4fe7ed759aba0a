import HubProtocol

/// What `pushhubd check-token` says.
extension TokenRefusal {
  /// Goes on from “refused: ”. It may hold names and values of the token's header and claims, but never a part of the token
  /// as it came.
  var explanation: String {
    switch self {
    case .tooLarge(let bytes): "the token has \(bytes) bytes, and may have \(CompactToken.maxBytes)"
    case .empty: "the token is empty"
    case .parts(let count):
      "the token has \(count == 1 ? "1 part" : "\(count) parts"), where a JWT has three with dots between: "
        + (count > 3 ? "it is something else" : "it was cut, or is something else")
    case .encrypted: "the token has five parts: it is encrypted (JWE), and only signed ones (JWS) are read"
    case .encoding(let part, let flaw): "\(part.name) \(flaw.explanation)"
    case .noObject(let part): "\(part.name) is not a JSON object"
    case .duplicate(let part, let name): "\(part.name) has \(quoted(name)) twice"
    case .critical: "the header has “crit”, extensions that must be understood, and none is"
    case .noAlgorithm(nil): "the header has no “alg”"
    case .noAlgorithm(let kind?): "“alg” is \(kind.name), and must be a string"
    case .keyIDType(let kind): "“kid” is \(kind.name), and must be a string"
    case .dateType(let claim, let kind): "“\(claim)” is \(kind.name), and must be a number: seconds since 1970"
    case .unsigned: "“alg” is none: the token is not signed"
    case .unknownAlgorithm(let name): "“alg” is \(quoted(name)), which the hub does not know"
    case .otherAlgorithm(let algorithm, let accepted):
      "“alg” is \(algorithm.rawValue), which takes \(algorithm.keyName), and the hub's key is for "
        + accepted.map(\.rawValue).joined(separator: ", ")
    case .unknownKey(let id): "“kid” is \(quoted(id)), and no key of that name is for the token's algorithm"
    case .badSignature(let algorithm, let bytes):
      if let right = algorithm.signatureBytes, bytes != right {
        "the signature has \(bytes) bytes, where \(algorithm.rawValue) has \(right): the token was cut or changed"
      } else {
        "the signature is wrong: the token was signed with another key, or changed"
      }
    case .keyNotNamed(let algorithm):
      "the token has no “kid”, and the first \(KeyRing.maxTried) keys for \(algorithm.rawValue) did not sign it"
    case .expired(let time, let now, let leeway):
      "the token expired \(seconds(now - time)) ago: “exp” is \(timestamp(wall: time))"
        + (leeway > 0 ? ", with \(seconds(leeway)) of auth.leeway" : "")
    case .notYetValid(let time, let now, let leeway):
      "the token is not valid for another \(seconds(time - now)): “nbf” is \(timestamp(wall: time))"
        + (leeway > 0 ? ", with \(seconds(leeway)) of auth.leeway" : "")
    case .wrongIssuer(let issuer, let right):
      "“iss” is \(issuer ?? "not there"), and must be \(quoted(right)) (auth.issuer)"
    case .wrongAudience(let audience, let right):
      "“aud” is \(audience ?? "not there"), and must be or hold \(list(right)) (auth.audience)"
    case .noUser: "no claim names the user: \(list(Claims.userClaims, "or"))"
    case .badUser(let claim, let flaw): "“\(claim)” \(flaw.explanation)"
    }
  }
}

/// Whole seconds, for people.
func seconds(_ milliseconds: Int64) -> String { "\(milliseconds / 1000) s" }

/// `“a”, “b” or “c”`
private func list(_ names: [String], _ word: String = "or") -> String {
  let quoted = names.map { pushhubd.quoted($0) }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
  return quoted.dropLast().joined(separator: ", ") + " \(word) " + last
}

extension TokenRefusal.Part {
  fileprivate var name: String {
    switch self {
    case .header: "the header"
    case .claims: "the claims part"
    case .signature: "the signature"
    }
  }
}

extension TokenRefusal.EncodingFlaw {
  fileprivate var explanation: String {
    switch self {
    case .padding: "has “=”: base64url in a token has no padding"
    case .whiteSpace: "has a blank or a line break in it: a token is one word"
    case .otherAlphabet: "has “+” or “/”, of base64: a token is in base64url, with “-” and “_”"
    case .otherCharacter: "has a character that base64url does not have"
    case .cut: "is no base64url: it was cut or changed"
    }
  }
}

extension TokenRefusal.UserFlaw {
  fileprivate var explanation: String {
    switch self {
    case .type(let kind): "is \(kind.name), and must be a string or an integer"
    case .noInteger: "is a number that is no integer: a fraction, an exponent or -0"
    case .empty: "is empty, and names no user"
    case .tooLong(let bytes): "has \(bytes) bytes, and a user id has at most 128"
    case .characters: "has a control character or half of a surrogate pair, which a user id has not"
    }
  }
}

extension JSONValue.Kind {
  /// With its article.
  var name: String {
    switch self {
    case .string: "a string"
    case .number: "a number"
    case .object: "an object"
    case .array: "an array"
    case .bool: "a boolean"
    case .null: "null"
    }
  }
}

extension SignatureAlgorithm {
  fileprivate var keyName: String { Self.hmac.contains(self) ? "a shared secret" : "a public key" }

  /// Nil where it depends on the key.
  fileprivate var signatureBytes: Int? {
    switch self {
    case .hs256: 32
    case .hs384: 48
    case .hs512, .es256, .edDSA: 64
    case .rs256: nil
    }
  }
}
