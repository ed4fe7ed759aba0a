import Glibc
import Logging

var environment: [String: String] = [:]
var cursor = environ
while let entry = cursor.pointee {
  let text = String(cString: entry)
  if let equals = text.firstIndex(of: "=") { environment[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
  cursor += 1
}
let settings = Settings(environment: environment)
let log = try HubLog(target: settings.log.target, level: settings.log.level, environment: environment)
let logger = log.logger()
let daemon = Daemon(settings: settings, isDevelopment: CommandLine.arguments.contains("--dev"), environment: environment, log: log, logger: logger, reload: { nil })
do {
  try await daemon.run()
  log.end()
} catch {
  logger.record(.hubFailed, "\(error)")
  log.end()
  exit((error as? Daemon.Failure)?.exitCode ?? EX_SOFTWARE)
}
