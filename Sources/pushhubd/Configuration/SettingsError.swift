import HubProtocol

/// What is wrong with a value: a sentence that says what would be right.
struct ValueProblem: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// One thing wrong with the configuration: where it was said, which key it is about, and what would be right.
struct SettingsError: Error, Hashable, CustomStringConvertible {
  enum Kind: Sendable, Hashable {
    /// The command line is not written as it must be.
    case usage
    case configuration
  }

  let kind: Kind
  /// One line.
  let description: String

  init(_ kind: Kind = .configuration, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// - Parameter place: where the value stands: `SettingsLayer.place(of:)`.
  init(at place: String, _ problem: ValueProblem) {
    self.init(.configuration, "\(place): \(problem)")
  }

  /// Nothing names a key, so no token could be checked.
  static let noKey = SettingsError(
    .configuration,
    """
    auth.key-file: no key is configured, so no token could be checked; make one with \
    \(keyRecipe) and name it with auth.key-file, PUSHHUB_AUTH_KEY_FILE or --auth-key-file, or let systemd \
    pass it on with LoadCredential=jwt-key:/etc/pushhub/jwt-key; to try the hub out, start it with --dev
    """)

  /// systemd started the hub, and had no key for it.
  static let noCredential = """
    no key is there: systemd found no file to pass on (LoadCredential=jwt-key:/etc/pushhub/jwt-key in \
    pushhubd.service); make one with \(keyRecipe), then: systemctl restart pushhubd
    """

  /// A shell command that makes a key where the unit looks for it, also where not even the directory is there.
  static let keyRecipe =
    "mkdir -p -m 755 /etc/pushhub && (umask 077; head -c 32 /dev/urandom | base64 > /etc/pushhub/jwt-key)"
}

/// All that is wrong with a configuration.
struct SettingsErrors: Error, Hashable {
  /// At least one, in the order in which they were found.
  let errors: [SettingsError]

  /// One line for each.
  var lines: [String] { errors.map(\.description) }
  var exitCode: Int32 { errors.contains { $0.kind == .usage } ? ExitCode.usage : ExitCode.configuration }
}

/// Exit codes of sysexits.h.
enum ExitCode {
  static let usage: Int32 = 64
  /// A token is refused.
  static let badToken: Int32 = 65
  /// The key file that was named is not there.
  static let noFile: Int32 = 66
  static let software: Int32 = 70
  /// The key may not be read by this user.
  static let forbidden: Int32 = 77
  static let configuration: Int32 = 78
}

/// What somebody wrote, for a message of one line.
func quoted(_ text: some StringProtocol) -> String { "“\(escapingControls(cut(String(text), to: 100)))”" }

extension UInt8 {
  /// Of ASCII.
  var isLetterOrDigit: Bool {
    isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
  }
}
