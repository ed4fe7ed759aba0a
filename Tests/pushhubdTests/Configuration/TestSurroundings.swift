@testable import pushhubd

extension Surroundings {
  static let defaultFile = ConfigurationFile.defaultPath

  /// Surroundings of a test: the files that it names and no others, and a system with two users and two groups.
  static func test(
    _ arguments: [String] = [], environment: [String: String] = [:], files: [String: Contents] = [:],
    input: String = ""
  ) -> Surroundings {
    Surroundings(
      arguments: arguments, environment: environment, readFile: { files[$0] ?? .missing },
      userID: { ["root": 0, "deploy": 1001][$0] }, groupID: { ["root": 0, "billing": 2001, "adm": 4][$0] },
      readInput: { Array(input.utf8.prefix($0 + 1)) }, loadedKeyFile: { InstalledUnit.defaultKeyFile })
  }

  /// With the default configuration file.
  static func test(file: String) -> Surroundings { .test(files: [defaultFile: .bytes(Array(file.utf8))]) }
}

extension SettingsLoader {
  /// The settings, or the lines that say why there are none. A key is always there.
  static func outcome(_ surroundings: Surroundings) -> Outcome {
    var surroundings = surroundings
    surroundings.environment["CREDENTIALS_DIRECTORY"] = "/run/credentials"
    do throws(SettingsErrors) {
      return Outcome(settings: try SettingsLoader(surroundings).load().settings, lines: [])
    } catch {
      return Outcome(settings: nil, lines: error.lines)
    }
  }

  struct Outcome: Equatable {
    let settings: Settings?
    let lines: [String]
  }
}

extension Settings {
  /// The defaults with one change.
  static func with(_ change: (inout Settings) -> Void) -> Settings {
    var settings = Settings()
    change(&settings)
    return settings
  }
}
