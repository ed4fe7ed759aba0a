import HubCore
import HubProtocol

/// A JWK Set (RFC 7517 section 5): each key by its `kid`, so that an old and a new one are valid at once.
///
/// Keys that the hub cannot use are left out, as that section asks for: an issuer may add a key of a kind that its
/// other readers know, and that must not keep the hub from the good ones beside it. Which were left out, and why, is
/// for the log.
struct KeySetFile {
  /// So many of the keys that are left out are named.
  private static let maxNamed = 8

  private(set) var keys: [VerificationKey] = []
  private var used: [String] = []
  private var notForSignatures: [String] = []
  private var problems: [String] = []

  init(_ json: [UInt8]) throws(KeyFileError) {
    guard let set = JSONObject(unambiguous: json) else {
      throw KeyFileError("begins like a JWK Set, but is no JSON object, or has a member twice")
    }
    guard let elements = set["keys"]?.elements else {
      throw KeyFileError("holds no JWK Set: the member “keys” must be an array of keys")
    }
    for (index, element) in elements.enumerated() { add(element, number: index + 1) }
    guard keys.isEmpty else { return }
    throw KeyFileError(
      "holds a JWK Set without a key that the hub can use for signatures" + (unusable.map { ": \($0)" } ?? ""))
  }

  /// What is used and what is not for signatures, for people.
  var summary: String {
    let list = "a JWK Set: " + used.joined(separator: ", ")
    return notForSignatures.isEmpty ? list : list + "; not for signatures: " + Self.list(notForSignatures)
  }

  /// What cannot be used and why, for people; nil without any.
  var unusable: String? { problems.isEmpty ? nil : Self.list(problems) }

  private mutating func add(_ element: JSONValue, number: Int) {
    let place = "key \(number)"
    guard let members = element.object, members.duplicateName == nil else {
      problems.append("\(place) (is no JSON object, or has a member twice)")
      return
    }
    let name = members["kid"]?.string.map { quoted($0) } ?? place
    do throws(KeyFileError) {
      guard let key = try JSONWebKey(members).verificationKey() else {
        notForSignatures.append(name)
        return
      }
      try requireRoom(for: key)
      keys.append(key)
      let algorithms = SignatureAlgorithm.allCases.filter { key.verifiers[$0] != nil }.map(\.rawValue)
      used.append("\(name) (\(algorithms.joined(separator: ", ")))")
    } catch {
      problems.append("\(name) (\(error))")
    }
  }

  /// What a key ring cannot try is left out, rather than kept without a word about it.
  private func requireRoom(for key: VerificationKey) throws(KeyFileError) {
    guard keys.count < KeyRing.maxKeys else { throw KeyFileError("is one more than \(KeyRing.maxKeys)") }
    for algorithm in SignatureAlgorithm.allCases where key.verifiers[algorithm] != nil {
      let others = keys.count { $0.id == key.id && $0.verifiers[algorithm] != nil }
      guard others < KeyRing.maxTried else {
        throw KeyFileError(
          "is one more than \(KeyRing.maxTried) for \(algorithm.rawValue) "
            + (key.id == nil ? "without a “kid”" : "with the same “kid”"))
      }
    }
  }

  private static func list(_ names: [String]) -> String {
    let rest = names.count - maxNamed
    return names.prefix(maxNamed).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
