import HubProtocol

/// The key file that a command works with: `--key FILE`, else `auth.key-file`, else what the installed unit loads.
struct CommandKey {
  /// How messages name it.
  let place: String
  private let contents: [UInt8]
  private let type: KeyType

  init(options: CommandLineOptions, settings: Settings.Auth, surroundings: Surroundings) throws(CommandFailure) {
    let path: String
    if let file = options[.key] {
      path = file
      place = Self.mayBeSecret(file) ? "the file that --key names" : "--key \(file)"
      // What the hub's key is, another need not be; but what is a secret whatever is in it was said of both.
      type = settings.keyType == .secret ? .secret : .automatic
    } else {
      path =
        settings.keyFile ?? Credential.path(named: Settings.Auth.credential, environment: surroundings.environment)
        ?? surroundings.loadedKeyFile()
      place = settings.keyFile == nil ? "the hub's key \(path)" : "auth.key-file \(path)"
      type = settings.keyType
    }
    switch surroundings.readFile(path) {
    case .bytes(let bytes): contents = bytes
    case .missing:
      let advice = options[.key] == nil ? ": name one with --key FILE" : ""
      throw CommandFailure(ExitCode.noFile, "\(place) is not there\(advice)")
    case .forbidden:
      throw CommandFailure(ExitCode.forbidden, "\(place) may not be read by this user: as a rule it takes root (sudo)")
    case .unreadable(let reason): throw CommandFailure(ExitCode.noFile, "\(place) cannot be read: \(reason)")
    }
  }

  /// Whether a key may have been given in the place of its file, so that it is not to be repeated.
  private static func mayBeSecret(_ file: String) -> Bool {
    file.utf8.count >= VerificationKey.minSecretBytes && !file.hasPrefix("/") && !file.hasPrefix(".")
  }

  func signingKey() throws(CommandFailure) -> SigningKey {
    do throws(KeyFileError) { return try SigningKey(contents: contents, type: type) } catch { throw failure(error) }
  }

  /// What tokens are checked with, and its name for people; of a private key its public part.
  func verificationKeys() throws(CommandFailure) -> (keys: KeyRing, summary: String) {
    do throws(KeyFileError) {
      if let text = PrivateKeyPEM.text(contents, type: type) {
        let key = try PrivateKeyPEM.key(text).publicKey
        return (KeyRing([VerificationKey(key)]), "the public part of a private key (\(key.kind.algorithm.rawValue))")
      }
      let file = try KeyFile(contents: contents, type: type)
      return (file.keys, file.summary)
    } catch { throw failure(error) }
  }

  private func failure(_ error: KeyFileError) -> CommandFailure {
    CommandFailure(ExitCode.configuration, "\(place) \(error)")
  }
}
