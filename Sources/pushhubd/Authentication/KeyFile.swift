/// The file that `auth.key-file` names: a secret, a PEM public key or a JWK Set, as `KeyFileForm` tells.
struct KeyFile: Sendable {
  /// Much more than `KeyRing.maxKeys` keys need.
  static let maxBytes = 256 * 1024

  let keys: KeyRing
  /// For the log: what the file holds, and which keys of a set are not for signatures and so not used.
  let summary: String
  /// For the log: the keys of a set that are for signatures, but that the hub cannot use, and why; nil without any.
  let unusable: String?

  /// From the whole contents of the file.
  init(contents: [UInt8], type: KeyType = .automatic) throws(KeyFileError) {
    guard contents.count <= Self.maxBytes else { throw KeyFileError("is longer than 256 KiB") }
    do throws(KeyFileError) {
      switch try KeyFileForm(contents, type: type) {
      case .secret(let secret): try self.init(secret: secret)
      case .pem(let text): try self.init(pem: text)
      case .keySet(let json): try self.init(keySet: json)
      }
    } catch {
      guard type == .automatic, contents.count > VerificationKey.minSecretBytes else { throw error }
      throw error.withAdvice
    }
  }

  private init(keys: [VerificationKey], summary: String, unusable: String? = nil) {
    self.keys = KeyRing(keys)
    self.summary = summary
    self.unusable = unusable
  }

  /// Refuses to put a secret in the place of public keys, or beside them: that is what a file does that was overwritten
  /// by something else, while who changes from public keys to a secret does it once, and can start the hub anew.
  func requireNoSecret(inPlaceOf keys: KeyRing) throws(KeyFileError) {
    guard keys.hasPublicKeys, self.keys.hasSecrets, !keys.hasSecrets || !self.keys.hasPublicKeys else { return }
    throw KeyFileError("would be taken for a secret, while tokens are checked with public keys; that takes a restart")
  }

  private init(secret: [UInt8]) throws(KeyFileError) {
    guard secret.count >= VerificationKey.minSecretBytes else {
      throw KeyFileError(
        """
        holds a secret of \(secret.count) bytes; it takes at least \(VerificationKey.minSecretBytes), as \
        `openssl rand -hex 32` makes them
        """)
    }
    do throws(CryptographyError) {
      self.init(
        keys: [try VerificationKey(secret: secret)], summary: "a shared secret (HS256, HS384, HS512)")
    } catch { throw KeyFileError("holds a secret that cannot be used: \(error)") }
  }

  private init(pem text: String) throws(KeyFileError) {
    let (key, summary) = try PublicKeyPEM.key(text)
    self.init(keys: [key], summary: summary)
  }

  private init(keySet json: [UInt8]) throws(KeyFileError) {
    let set = try KeySetFile(json)
    self.init(keys: set.keys, summary: set.summary, unusable: set.unusable)
  }
}

/// Why a key file cannot be used: a phrase that goes on from the file's name. It repeats nothing secret.
struct KeyFileError: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// With what an operator can say who knows that it is a secret.
  var withAdvice: KeyFileError {
    KeyFileError("\(description); `auth.key-type: secret` takes it all the same, if nobody else knows it")
  }
}
