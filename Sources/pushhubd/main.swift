import Glibc
import Logging

let surroundings = Surroundings.ofProcess
switch Launch.parse(surroundings, version: Version.current) {
case .answer(let text):
  print(text)
case .failed(let exitCode, let lines):
  let text = lines.map { "pushhubd: \($0)\n" }.joined()
  _ = write(STDERR_FILENO, text, text.utf8.count)  // the exit code says it as well
  exit(exitCode)
case .run(let loaded, let isDevelopment, let loader):
  exit(try await serve(loaded, isDevelopment: isDevelopment, loader))
}

/// Runs the daemon to its end, and has its exit code.
func serve(_ loaded: SettingsLoader.Loaded, isDevelopment: Bool, _ loader: SettingsLoader) async throws -> CInt {
  let environment = loader.surroundings.environment
  let settings = loaded.settings
  let log = try HubLog(target: settings.log.target, level: settings.log.level, environment: environment)
  let logger = log.logger()
  defer { log.end() }
  logger.record(.hubStarted, "pushhubd \(Version.current) starts; its configuration comes from \(loaded.sources)")
  let daemon = Daemon(
    settings: settings, isDevelopment: isDevelopment, environment: environment, log: log, logger: logger
  ) {
    do throws(SettingsErrors) {
      return try loader.load().settings
    } catch {
      for line in error.lines { logger.record(.configurationRefused, "\(line)") }
      return nil
    }
  }
  do {
    try await daemon.run()
    return 0
  } catch {
    logger.record(.hubFailed, "\(error)")
    return (error as? Daemon.Failure)?.exitCode ?? EX_SOFTWARE
  }
}
