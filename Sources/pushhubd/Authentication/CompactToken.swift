import HubProtocol
import Synchronization

/// A JWT as a JWS in compact form (RFC 7515 section 7.1), taken apart but not believed yet.
struct CompactToken {
  /// The longest token that is looked at. It must fit into a request's head, with everything else that is in there.
  static let maxBytes = 8 * 1024

  let header: TokenHeader
  /// The bytes that were signed: both encoded parts and the dot between them.
  let signingInput: ArraySlice<UInt8>
  /// The claims as they were encoded; to be read after the signature is known to be good.
  let encodedPayload: ArraySlice<UInt8>
  let signature: [UInt8]

  init(_ token: [UInt8], headers: RememberedHeader) throws(TokenRefusal) {
    guard token.count <= Self.maxBytes else { throw .tooLarge(bytes: token.count) }
    let dot = UInt8(ascii: ".")
    guard let first = token.firstIndex(of: dot), let last = token.lastIndex(of: dot), first != last,
      !token[(first + 1)..<last].contains(dot)
    else { throw Self.refusal(ofParts: token.count { $0 == dot } + 1, isEmpty: token.isEmpty) }
    header = try headers.header(encodedAs: token[..<first])
    signature = try Self.decode(token[(last + 1)...], .signature)
    signingInput = token[..<last]
    encodedPayload = token[(first + 1)..<last]
  }

  /// The bytes of one part.
  static func decode(_ text: ArraySlice<UInt8>, _ part: TokenRefusal.Part) throws(TokenRefusal) -> [UInt8] {
    guard let bytes = Base64URL.decode(text) else { throw .encoding(part, .init(of: text)) }
    return bytes
  }

  private static func refusal(ofParts count: Int, isEmpty: Bool) -> TokenRefusal {
    isEmpty ? .empty : count == 5 ? .encrypted : .parts(count)
  }
}

/// What of a JOSE header (RFC 7515 section 4) matters. Members that bring or name a key from elsewhere (`jwk`, `jku`,
/// `x5c`, `x5u`) are never looked at.
struct TokenHeader: Hashable {
  let algorithm: SignatureAlgorithm
  let key: KeyID?

  /// From the decoded header: a JSON object without duplicate members.
  init(_ json: [UInt8]) throws(TokenRefusal) {
    let members = try JSONObject(json, part: .header)
    // Extensions that must be understood, and none is (section 4.1.11).
    guard members["crit"] == nil else { throw .critical }
    guard let name = members["alg"]?.string else { throw .noAlgorithm(members["alg"]?.kind) }
    guard let algorithm = SignatureAlgorithm(named: name) else {
      throw name.lowercased() == "none" ? .unsigned : .unknownAlgorithm(name)
    }
    self.algorithm = algorithm
    if let id = members["kid"] {
      guard let text = id.string else { throw .keyIDType(id.kind) }
      guard let key = KeyID(text) else { throw .unknownKey(id: text) }
      self.key = key
    } else {
      key = nil
    }
  }
}

/// The last header that was read, as issuers write one and the same into all of their tokens: the same bytes mean the
/// same.
final class RememberedHeader: Sendable {
  private let last = Mutex<(encoded: [UInt8], header: TokenHeader)?>(nil)

  func header(encodedAs encoded: ArraySlice<UInt8>) throws(TokenRefusal) -> TokenHeader {
    let known = last.withLock { last in last.flatMap { $0.encoded.elementsEqual(encoded) ? $0.header : nil } }
    if let known { return known }
    let header = try TokenHeader(CompactToken.decode(encoded, .header))
    last.withLock { $0 = (Array(encoded), header) }
    return header
  }
}

extension JSONObject {
  /// The object that the bytes consist of; nil where they are something else, or where a member's name comes twice:
  /// what one reader took from the first, another would take from the last (RFC 8725 section 2.4).
  init?(unambiguous json: [UInt8]) {
    guard let object = try? JSONObject(json), object.duplicateName == nil else { return nil }
    self = object
  }

  /// The same of a part of a token, which is refused for it.
  init(_ json: [UInt8], part: TokenRefusal.Part) throws(TokenRefusal) {
    guard let object = try? JSONObject(json) else { throw .noObject(part) }
    if let name = object.duplicateName { throw .duplicate(part, name: name) }
    self = object
  }
}
