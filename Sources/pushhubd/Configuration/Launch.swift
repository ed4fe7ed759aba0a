/// What the daemon is to do, from its command line and all that goes with it.
enum Launch: Sendable {
  /// Serve. The loader makes settings anew at a reload.
  case run(SettingsLoader.Loaded, isDevelopment: Bool, SettingsLoader)
  /// Print to standard output, the warnings to standard error, and exit with 0.
  case answer(String, warnings: [String])
  /// Print the lines to standard error and exit.
  case failed(exitCode: Int32, lines: [String])

  /// - Parameter version: `1.4.0`
  static func parse(_ surroundings: Surroundings, version: String) -> Launch {
    let loader = SettingsLoader(surroundings)
    if loader.options.wantsHelp { return .answer(SettingsDocument.help, warnings: []) }
    if loader.options.wantsVersion { return .answer("pushhubd \(version)", warnings: []) }
    do throws(SettingsErrors) {
      let loaded = try loader.load()
      guard loader.options.wantsCheck else {
        return .run(loaded, isDevelopment: loader.options.isDevelopment, loader)
      }
      return .answer(
        "configuration is valid (\(loaded.sources))" + noteOnKey(loaded.settings, loader), warnings: loaded.warnings)
    } catch {
      return .failed(exitCode: error.exitCode, lines: error.lines)
    }
  }

  /// A check by hand sees no credentials and mostly may not read the key, so it cannot tell whether there will be a good
  /// one.
  private static func noteOnKey(_ settings: Settings, _ loader: SettingsLoader) -> String {
    guard !loader.options.isDevelopment else { return "" }
    return loader.namesKey(settings)
      ? "; the key itself is not looked at before the start"
      : "; auth.key-file names no key here: the daemon needs it, or the credential jwt-key from systemd"
  }
}
