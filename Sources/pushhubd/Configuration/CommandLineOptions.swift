import HubProtocol

/// What the command line says: a few options of its own, and one for each key.
///
/// `--name VALUE` and `--name=VALUE` are the same; a value that begins with `--` needs the second form. A list may be
/// given in several options.
struct CommandLineOptions: Sendable, Equatable {
  /// The options that are no keys.
  enum Own: String, CaseIterable, Sendable {
    case config = "--config"
    case checkConfig = "--check-config"
    case dev = "--dev"
    case version = "--version"
    case help = "--help"

    /// What stands for the value in help; nil for a switch.
    var placeholder: String? { self == .config ? "FILE" : nil }

    /// For help and manual, as the summaries of keys are.
    var summary: String {
      switch self {
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

  private(set) var wantsHelp = false
  private(set) var wantsVersion = false
  /// Validate the configuration and exit.
  private(set) var wantsCheck = false
  /// A throw-away key, loopback addresses only.
  private(set) var isDevelopment = false
  /// The file that has to be there; nil: the default one, if it is there.
  private(set) var configurationFile: String?
  /// By the key's name.
  private(set) var values: [String: String] = [:]
  private(set) var errors: [SettingsError] = []

  /// - Parameter arguments: without the program's name.
  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "-h" {
        wantsHelp = true
      } else if argument.hasPrefix("-"), argument != "-", argument != "--" {
        take(argument, &rest)
      } else {
        fail("\(quoted(argument)) belongs to no option: --help lists them")
      }
    }
  }

  private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) {
    let mark = argument.firstIndex(of: "=")
    let name = String(argument[..<(mark ?? argument.endIndex)])
    var value = mark.map { String(argument[argument.index(after: $0)...]) }
    let own = Own(rawValue: name)
    let key = Self.keys[name]
    if own == nil, key == nil {
      fail("\(quoted(name)) is no option\(Self.hint(for: name))")
      if value == nil, rest.first?.hasPrefix("--") == false { rest.removeFirst() }
      return
    }
    if own.map({ $0.placeholder != nil }) ?? true {
      if value == nil, rest.first?.hasPrefix("--") == false { value = rest.popFirst() }
      guard let value else { return fail("\(name): the value is missing: write \(name)=VALUE") }
      if let key { set(key, value) } else { setConfigurationFile(value) }
    } else if value != nil {
      fail("\(name) takes no value")
    } else if let own {
      turnOn(own)
    }
  }

  private mutating func set(_ key: SettingKey, _ value: String) {
    guard let before = values[key.name] else {
      values[key.name] = value
      return
    }
    guard key.isList else { return fail("\(key.option) is given twice: leave one out") }
    values[key.name] = before + "," + value
  }

  private mutating func setConfigurationFile(_ path: String) {
    guard configurationFile == nil else { return fail("--config is given twice: leave one out") }
    guard !path.isEmpty else { return fail("--config: the path of a file is missing") }
    configurationFile = path
  }

  private mutating func turnOn(_ option: Own) {
    switch option {
    case .help: wantsHelp = true
    case .version: wantsVersion = true
    case .checkConfig: wantsCheck = true
    case .dev: isDevelopment = true
    case .config: break
    }
  }

  private mutating func fail(_ text: String) { errors.append(SettingsError(.usage, "command line: \(text)")) }

  private static let keys = Dictionary(uniqueKeysWithValues: SettingKey.all.map { ($0.option, $0) })

  private static func hint(for name: String) -> String {
    let beginnings = Own.allCases.map(\.rawValue).filter { $0.hasPrefix("-\(name.lowercased())") }
    if name.utf8.count == 2, beginnings.count == 1 { return ": did you mean \(beginnings[0])?" }
    let names = Own.allCases.map(\.rawValue) + SettingKey.all.map(\.option)
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
