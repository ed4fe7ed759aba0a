/// What the program is to do, from its command line and all that goes with it.
enum Launch: Sendable {
  /// Serve. The loader makes settings anew at a reload.
  case run(SettingsLoader.Loaded, isDevelopment: Bool, SettingsLoader)
  /// Print to standard output, the warnings to standard error, and exit.
  case answer(String, warnings: [String], exitCode: Int32 = 0)
  /// The daemon cannot start: tell whoever started it, and exit.
  case failed(exitCode: Int32, lines: [String])
  /// A command cannot be carried out: print the lines to standard error and exit.
  case refused(exitCode: Int32, lines: [String])

  /// - Parameters:
  ///   - version: `1.4.0`
  ///   - now: milliseconds of the wall clock.
  static func parse(_ surroundings: Surroundings, version: String, now: Int64) -> Launch {
    let loader = SettingsLoader(surroundings)
    let command = loader.options.command
    if loader.options.wantsHelp { return .answer(SettingsDocument.help(for: command), warnings: []) }
    if loader.options.wantsVersion { return .answer("pushhubd \(version)", warnings: []) }
    do throws(SettingsErrors) {
      let loaded = try loader.load()
      guard command == .serve else { return carryOut(loader, loaded, now: now) }
      guard loader.options.wantsCheck else {
        return .run(loaded, isDevelopment: loader.options.isDevelopment, loader)
      }
      return .answer(
        "configuration is valid (\(loaded.sources))" + noteOnKey(loaded.settings, loader), warnings: loaded.warnings)
    } catch {
      return command == .serve
        ? .failed(exitCode: error.exitCode, lines: error.lines) : .refused(exitCode: error.exitCode, lines: error.lines)
    }
  }

  private static func carryOut(_ loader: SettingsLoader, _ loaded: SettingsLoader.Loaded, now: Int64) -> Launch {
    let (options, auth, surroundings) = (loader.options, loaded.settings.auth, loader.surroundings)
    do throws(CommandFailure) {
      guard options.command == .token else {
        let answer = try CheckTokenCommand(options: options, settings: auth, surroundings: surroundings).run(now: now)
        return .answer(
          answer.lines.joined(separator: "\n"), warnings: loaded.warnings,
          exitCode: answer.isAccepted ? 0 : ExitCode.badToken)
      }
      let answer = try TokenCommand(options: options, settings: auth, surroundings: surroundings).run(now: now)
      return .answer(answer.token, warnings: loaded.warnings + answer.warnings)
    } catch { return .refused(exitCode: error.exitCode, lines: [error.line]) }
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
