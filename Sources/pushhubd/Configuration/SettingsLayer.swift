/// One of the places that settings come from.
struct SettingsLayer: Sendable {
  enum Origin: Sendable, Hashable {
    case file(path: String)
    case environment
    case commandLine
  }

  let origin: Origin
  /// By the key's name.
  private let values: [String: RawValue]

  init(file: ConfigurationFile, path: String) {
    origin = .file(path: path)
    values = Dictionary(file.entries.map { ($0.key, $0.value) }) { first, _ in first }
  }

  init(environment: [String: String]) {
    origin = .environment
    values = Dictionary(
      uniqueKeysWithValues: SettingKey.all.compactMap { key in environment[key.variable].map { (key.name, .text($0)) } }
    )
  }

  init(options: CommandLineOptions) {
    origin = .commandLine
    values = options.values.mapValues { .text($0) }
  }

  /// What is said here of a key; nil: nothing.
  func value(of key: SettingKey) -> RawValue? { values[key.name] }

  /// How a message names the key here: the file, the variable or the option, and the key.
  func place(of key: SettingKey) -> String {
    switch origin {
    case .file(let path): "\(path): \(key.name)"
    case .environment: "\(key.variable) (\(key.name))"
    case .commandLine: "\(key.option) (\(key.name))"
    }
  }
}
