import Configuration

/// One of the places that settings come from.
struct SettingsLayer: Sendable {
  enum Origin: Sendable, Hashable {
    case file(path: String)
    case environment
    case commandLine
  }

  let origin: Origin
  private let snapshot: any ConfigSnapshot

  init(file: YAMLSnapshot, path: String) {
    origin = .file(path: path)
    snapshot = file
  }

  init(environment: [String: String]) {
    origin = .environment
    let prefix = ConfigKey([SettingKey.variablePrefix.dropLast().lowercased()])
    snapshot = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: prefix).snapshot()
  }

  init(options: CommandLineOptions) {
    origin = .commandLine
    let values = SettingKey.all.compactMap { key in
      options.values[key.name].map { (AbsoluteConfigKey(key.components), ConfigValue(.string($0), isSecret: false)) }
    }
    snapshot = InMemoryProvider(name: "command line", values: Dictionary(uniqueKeysWithValues: values)).snapshot()
  }

  /// What is said here of a key; nil: nothing.
  func value(of key: SettingKey) throws(ValueProblem) -> RawValue? {
    if let text = content(of: key, as: .string)?.text {
      // YAML's word for no value. Both of its readings are likely: the default, and nothing.
      if case .file = origin, ConfigurationFile.wordsForNothing.contains(text) {
        throw ValueProblem("\(text) is no value: leave the key out for its default, or write \"\" for nothing")
      }
      return .text(text)
    }
    return content(of: key, as: .stringArray)?.list.map(RawValue.list)
  }

  /// How a message names the key here: the file, the variable or the option, and the key.
  func place(of key: SettingKey) -> String {
    switch origin {
    case .file(let path): "\(path): \(key.name)"
    case .environment: "\(key.variable) (\(key.name))"
    case .commandLine: "\(key.option) (\(key.name))"
    }
  }

  /// nil as well where the value is of another type.
  private func content(of key: SettingKey, as type: ConfigType) -> ConfigContent? {
    (try? snapshot.value(forKey: AbsoluteConfigKey(key.components), type: type))?.value?.content
  }
}

extension ConfigContent {
  fileprivate var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  fileprivate var list: [String]? {
    if case .stringArray(let list) = self { list } else { nil }
  }
}
