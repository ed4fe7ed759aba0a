import HubProtocol

/// What the command line says: a command, a few options of its own, and one for each key.
///
/// `--name VALUE` and `--name=VALUE` are the same; a value that begins with `--` needs the second form. A list may be
/// given in several options.
struct CommandLineOptions: Sendable, Equatable {
  /// What the program is to do: its first word. Without one it serves.
  enum Command: String, CaseIterable, Sendable {
    case serve = ""
    case token
    case checkToken = "check-token"

    /// For help and manual: how it is called, and what it does.
    var usage: String {
      switch self {
      case .serve: "pushhubd [OPTION …]"
      case .token: "pushhubd token --user ID [OPTION …]"
      case .checkToken: "pushhubd check-token [OPTION …] TOKEN|-"
      }
    }

    var summary: String {
      switch self {
      case .serve: "Pushes events from local publishers to browsers (server-sent events)."
      case .token:
        "Prints a token that the hub of this host accepts: made with its secret, or with a private key, for now and the "
          + "time to come. The claim `iat` says when it was made; `iss` and `aud` are as `auth.issuer` and "
          + "`auth.audience` ask for."
      case .checkToken:
        "Says of whom a token speaks and what it lets them do, or exactly why the hub refuses it. `-` reads it from "
          + "standard input, which keeps it out of the shell's history. Exits with 0 if the hub accepts it, else with 65. "
          + "The token itself is never printed."
      }
    }
  }

  /// The options that are no keys.
  enum Own: String, CaseIterable, Sendable {
    case user = "--user"
    case scope = "--scope"
    case topic = "--topic"
    case expires = "--expires"
    case claim = "--claim"
    case key = "--key"
    case config = "--config"
    case checkConfig = "--check-config"
    case dev = "--dev"
    case version = "--version"
    case help = "--help"

    /// What stands for the value in help; nil for a switch.
    var placeholder: String? {
      switch self {
      case .user: "ID"
      case .scope: "SCOPE"
      case .topic: "TOPIC"
      case .expires: "DURATION"
      case .claim: "NAME=JSON"
      case .key, .config: "FILE"
      case .checkConfig, .dev, .version, .help: nil
      }
    }

    /// Whether it may be given several times.
    var isList: Bool { self == .scope || self == .topic || self == .claim }

    func belongs(to command: Command) -> Bool {
      switch self {
      case .user, .scope, .topic, .expires, .claim: command == .token
      case .key: command != .serve
      case .config, .help: true
      case .checkConfig, .dev, .version: command == .serve
      }
    }

    /// For help and manual, as the summaries of keys are.
    var summary: String {
      switch self {
      case .user: "Whom the token is for (`sub`): 1 to 128 bytes without control characters."
      case .scope:
        "A scope that it has: `pushhub:publish`, `pushhub:admin`, or one that others look at. May be repeated."
      case .topic: "A topic that it grants, or a pattern: `orders/42`, `orders/*`, `*`. May be repeated."
      case .expires:
        "How long it is good: `10m`, `8h`, `30d`; by default `1h`. `never`: for good, until the key is changed."
      case .claim:
        "One more claim, such as `publish='[\"orders/*\"]'`; its value is JSON. May be repeated. What another option sets "
          + "cannot be set again."
      case .key:
        "The key, where it is not the hub's own: a file with a secret, or a private key in PEM (RSA for RS256, EC on P-256 "
          + "for ES256, Ed25519 for EdDSA). Without it the key is `auth.key-file`, else what `pushhubd.service` loads, as a "
          + "rule `/etc/pushhub/jwt-key`. `check-token` takes a public key and a JWK Set as well."
      case .config:
        "Read this configuration file, which has to be there. Without the option it is "
          + "`\(ConfigurationFile.defaultPath)`, if there is such a file."
      case .checkConfig: "Say whether the configuration is valid, and exit: with 0 if it is, else with 78."
      case .dev:
        "To try the hub out: make a key that is thrown away at the end, and print a token, a curl line and the address of "
          + "a demo page, all for one user. Only loopback addresses may be listened on, and pages of this machine may use "
          + "the hub. It reads no file in `/etc/pushhub`, takes a free port and a socket path of its own where the usual "
          + "ones are taken, and ends with its terminal."
      case .version: "Print the version and exit."
      case .help: "Print the options and exit; `-h` does the same."
      }
    }
  }

  let command: Command
  private(set) var wantsHelp = false
  private(set) var wantsVersion = false
  /// Validate the configuration and exit.
  private(set) var wantsCheck = false
  /// A throw-away key, loopback addresses only.
  private(set) var isDevelopment = false
  /// Of those options that are no keys and take a value.
  private(set) var ownValues: [Own: [String]] = [:]
  /// By the key's name.
  private(set) var values: [String: String] = [:]
  /// The words that belong to no option, where the command takes some.
  private(set) var operands: [String] = []
  private(set) var errors: [SettingsError] = []

  /// The file that has to be there; nil: the default one, if it is there.
  var configurationFile: String? { self[.config] }

  subscript(option: Own) -> String? { ownValues[option]?.first }

  /// - Parameter arguments: without the program's name.
  init(_ arguments: [String]) {
    var rest = arguments[...]
    command = rest.first.flatMap { $0.isEmpty ? nil : Command(rawValue: $0) } ?? .serve
    if command != .serve { rest.removeFirst() }
    while let argument = rest.popFirst() {
      if argument == "-h" {
        wantsHelp = true
      } else if argument.hasPrefix("-"), argument != "-", argument != "--" {
        take(argument, &rest)
      } else if command == .checkToken {
        operands.append(argument)
      } else {
        fail(unexpected(argument))
      }
    }
  }

  private func unexpected(_ word: String) -> String {
    if let other = Command(rawValue: word), other != .serve {
      return "\(quoted(word)) is a command, which stands in front of all options"
    }
    let commands = Command.allCases.map(\.rawValue)
    if command == .serve, let guess = NearMiss.closest(to: word, among: commands) {
      return "\(quoted(word)) is no command: did you mean \(guess)?"
    }
    return "\(quoted(word)) belongs to no option: --help lists them"
  }

  private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) {
    let mark = argument.firstIndex(of: "=")
    let name = String(argument[..<(mark ?? argument.endIndex)])
    var value = mark.map { String(argument[argument.index(after: $0)...]) }
    let own = Own(rawValue: name)
    let key = Self.keys[name]
    guard key != nil || own?.belongs(to: command) == true else {
      fail(own.map { misplaced($0) } ?? "\(quoted(name)) is no option\(hint(for: name))")
      if value == nil, rest.first?.hasPrefix("--") == false { rest.removeFirst() }
      return
    }
    if own.map({ $0.placeholder != nil }) ?? true {
      if value == nil, rest.first?.hasPrefix("--") == false { value = rest.popFirst() }
      guard let value else { return fail("\(name): the value is missing: write \(name)=VALUE") }
      if let key { set(key, value) } else if let own { set(own, value) }
    } else if value != nil {
      fail("\(name) takes no value")
    } else if let own {
      turnOn(own)
    }
  }

  private func misplaced(_ option: Own) -> String {
    let owner = Command.allCases.first { option.belongs(to: $0) } ?? .serve
    let place = owner == .serve ? "goes with no command" : "belongs to pushhubd \(owner.rawValue)"
    return "\(option.rawValue) \(place)"
  }

  private mutating func set(_ key: SettingKey, _ value: String) {
    guard let before = values[key.name] else {
      values[key.name] = value
      return
    }
    guard key.isList else { return fail("\(key.option) is given twice: leave one out") }
    values[key.name] = before + "," + value
  }

  private mutating func set(_ option: Own, _ value: String) {
    guard option.isList || ownValues[option] == nil else {
      return fail("\(option.rawValue) is given twice: leave one out")
    }
    guard option.placeholder != "FILE" || !value.isEmpty else {
      return fail("\(option.rawValue): the path of a file is missing")
    }
    ownValues[option, default: []].append(value)
  }

  private mutating func turnOn(_ option: Own) {
    switch option {
    case .help: wantsHelp = true
    case .version: wantsVersion = true
    case .checkConfig: wantsCheck = true
    case .dev: isDevelopment = true
    case .user, .scope, .topic, .expires, .claim, .key, .config: break  // these take a value
    }
  }

  private mutating func fail(_ text: String) { errors.append(SettingsError(.usage, "command line: \(text)")) }

  private static let keys = Dictionary(uniqueKeysWithValues: SettingKey.all.map { ($0.option, $0) })

  private func hint(for name: String) -> String {
    let own = Own.allCases.filter { $0.belongs(to: command) }.map(\.rawValue)
    let beginnings = own.filter { $0.hasPrefix("-\(name.lowercased())") }
    if name.utf8.count == 2, beginnings.count == 1 { return ": did you mean \(beginnings[0])?" }
    let names = own + SettingKey.all.map(\.option)
    let hint = SettingKey.hint(for: name, among: names)
    return hint.isEmpty ? ": --help lists them" : hint
  }
}

extension SettingKey {
  /// What to say behind an unknown name, or nothing. All names, the unknown one as well, begin with the prefix.
  static func hint(for name: String, among names: [String], prefix: String = "") -> String {
    let endings = names.map { String($0.dropFirst(prefix.count)) }
    if let guess = NearMiss.best(for: String(name.dropFirst(prefix.count)), among: endings) {
      return ": did you mean \(prefix)\(guess)?"
    }
    let folded = name.lowercased()
    let isSecret = ["secret", "password", "jwt"].contains { folded.contains($0) }
    return isSecret ? ": a secret comes from the file that auth.key-file names" : ""
  }
}
