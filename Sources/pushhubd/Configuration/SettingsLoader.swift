import HubProtocol

/// Makes settings of the command line, the environment, the configuration file and the defaults, the earlier of these
/// before the later. To reload, load again with the same loader: the file is read anew.
struct SettingsLoader: Sendable {
  /// Settings, and where they came from.
  struct Loaded: Sendable {
    let settings: Settings
    /// For the log: `/etc/pushhub/pushhubd.yaml, 2 environment variables`.
    let sources: String
    /// What is probably not meant, and does no harm: a line each.
    let warnings: [String]
  }

  let options: CommandLineOptions
  let surroundings: Surroundings

  init(_ surroundings: Surroundings) {
    self.surroundings = surroundings
    options = CommandLineOptions(surroundings.arguments)
  }

  /// A value that another place overrides has to be right as well: it counts as soon as the other one is gone.
  ///
  /// - Throws: all that is wrong, not only the first of it.
  func load() throws(SettingsErrors) -> Loaded {
    var errors = options.errors
    var settings = Settings()
    var places: [String: String] = [:]
    var sources: [String] = []
    for layer in layers(&errors) {
      var count = 0
      for key in SettingKey.all {
        do throws(ValueProblem) {
          guard let value = layer.value(of: key) else { continue }
          count += 1
          try key.read(value, surroundings, &settings)
          places[key.name] = layer.place(of: key)
        } catch {
          errors.append(SettingsError(at: layer.place(of: key), error))
        }
      }
      layer.origin.source(valueCount: count).map { sources.append($0) }
    }
    errors += check(settings, places)
    guard errors.isEmpty else { throw SettingsErrors(errors: errors) }
    return Loaded(
      settings: settings, sources: sources.isEmpty ? "defaults" : sources.joined(separator: ", "),
      warnings: unknownVariables().filter { !$0.isNearMiss }.map(\.description))
  }

  /// From the weakest to the strongest.
  private func layers(_ errors: inout [SettingsError]) -> [SettingsLayer] {
    var layers: [SettingsLayer] = []
    if let path = configurationPath {
      do throws(ConfigurationFile.Problem) {
        if let file = try configurationFile(path) {
          errors += Self.unknownKeys(in: file, path: path)
          layers.append(SettingsLayer(file: file, path: path))
        }
      } catch {
        errors.append(SettingsError(.configuration, error.description(at: path)))
      }
    }
    errors += unknownVariables().filter(\.isNearMiss).map { SettingsError(.configuration, $0.description) }
    layers.append(SettingsLayer(environment: surroundings.environment))
    layers.append(SettingsLayer(options: options))
    return layers
  }

  /// A hub for development is its user's own: the file of an installed one is none of its business.
  private var configurationPath: String? {
    options.configurationFile ?? (options.isDevelopment ? nil : ConfigurationFile.defaultPath)
  }

  /// nil: the default file is not there, which is fine.
  private func configurationFile(_ path: String) throws(ConfigurationFile.Problem) -> ConfigurationFile? {
    switch surroundings.readFile(path) {
    case .bytes(let contents): return try ConfigurationFile(contents: contents)
    case .forbidden:
      throw ConfigurationFile.Problem(line: nil, text: "the configuration file may not be read by this user")
    case .unreadable(let reason):
      throw ConfigurationFile.Problem(line: nil, text: "the configuration file cannot be read: \(reason)")
    case .missing:
      guard options.configurationFile != nil else { return nil }
      throw ConfigurationFile.Problem(line: nil, text: "the configuration file that --config names is not there")
    }
  }

  /// What a key alone cannot tell.
  private func check(_ settings: Settings, _ places: [String: String]) -> [SettingsError] {
    let graceErrors = checkGrace(settings, places)
    guard options.isDevelopment else {
      // Who made a slip of the pen on the command line is not told about keys.
      let isStart = options.command == .serve && !options.wantsCheck
      return graceErrors + (!isStart || namesKey(settings) || !options.errors.isEmpty ? [] : [.noKey])
    }
    return graceErrors
      + settings.http.listen.filter { !$0.isLoopback }.map { address in
        SettingsError(
          at: places["http.listen"] ?? "http.listen",
          ValueProblem(
            "\(address) can be reached from outside, and --dev is for this host alone: listen on 127.0.0.1:8888"))
      }
  }

  /// Clients come back after `stream.retry`: who is not waited for that long would leave and join with every reload. A
  /// grace that nobody set follows by itself.
  private func checkGrace(_ settings: Settings, _ places: [String: String]) -> [SettingsError] {
    let (grace, retry) = (settings.presence.grace, settings.stream.retry)
    let least = retry + Settings.Presence.minReserve
    guard let place = places["presence.grace"], grace < least else { return [] }
    let format = ValueFormat<Int64>.duration(0...least)
    return [
      SettingsError(
        at: place,
        ValueProblem(
          "presence.grace (\(format.write(grace))) must be at least 2 s more than stream.retry (\(format.write(retry))): "
            + "set it to \(format.write(least)) or more"))
    ]
  }

  /// Whether there is a place for the key; only the daemon looks whether it is there.
  func namesKey(_ settings: Settings) -> Bool {
    settings.auth.keyFile != nil
      || Credential.path(named: Settings.Auth.credential, environment: surroundings.environment) != nil
  }

  /// Names only: an unknown key may have a secret for its value.
  private static func unknownKeys(in file: ConfigurationFile, path: String) -> [SettingsError] {
    let known = SettingKey.all.map(\.name)
    let sections = Set(SettingKey.all.map(\.components).filter { $0.count > 1 }.map { $0[0] })
    var seen: Set<String> = []
    var errors: [SettingsError] = []
    for (key, value) in file.entries.map({ ($0.key, $0.value) }) {
      if !seen.insert(key).inserted {
        errors.append(SettingsError(.configuration, "\(path): \(quoted(key)) is there twice: leave one out"))
      } else if !known.contains(key), !sections.contains(key) {
        let hint = SettingKey.hint(for: key, among: known)
        errors.append(SettingsError(.configuration, "\(path): \(quoted(key)) is no key\(hint)"))
      } else if sections.contains(key), !value.isNothing {
        let example = known.first { $0.hasPrefix(key + ".") }?.dropFirst(key.count + 1) ?? ""
        errors.append(
          SettingsError(
            .configuration,
            "\(path): \(quoted(key)) is a section and takes no value: write its keys below it, such as “\(example): …”")
        )
      }
    }
    return errors
  }

  private struct UnknownVariable {
    /// A key was meant, and is spelled wrong.
    let isNearMiss: Bool
    let description: String
  }

  /// Container platforms make variables of a service's name, and programs that the hub's own tools start are given some:
  /// so only what is almost a key is taken for one.
  private func unknownVariables() -> [UnknownVariable] {
    let known = SettingKey.all.map(\.variable)
    let prefix = SettingKey.variablePrefix
    let endings = known.map { String($0.dropFirst(prefix.count)) }
    return surroundings.environment.keys.filter { $0.hasPrefix(prefix) }
      .filter { !known.contains($0) && !SettingKey.foreignVariables.contains($0) }.sorted()
      .map { name in
        UnknownVariable(
          isNearMiss: NearMiss.closest(to: String(name.dropFirst(prefix.count)), among: endings) != nil,
          description: "\(quoted(name)) is no variable of pushhubd"
            + SettingKey.hint(for: name, among: known, prefix: prefix))
      }
  }
}

extension SettingsLayer.Origin {
  /// nil: nothing comes from there.
  fileprivate func source(valueCount: Int) -> String? {
    switch self {
    case .file(let path): path
    case .environment:
      valueCount == 0 ? nil : valueCount == 1 ? "1 environment variable" : "\(valueCount) environment variables"
    case .commandLine: valueCount == 0 ? nil : valueCount == 1 ? "1 option" : "\(valueCount) options"
    }
  }
}

extension RawValue {
  /// As a section without keys is: it is as if it were not there.
  fileprivate var isNothing: Bool { self == .section || self == .text("") || self.isNull }

  private var isNull: Bool { if case .scalar(_, .nothing) = self { true } else { false } }
}
