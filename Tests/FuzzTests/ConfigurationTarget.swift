@testable import pushhubd

/// A configuration file: settings, or lines that say what is wrong.
struct ConfigurationTarget: FuzzTarget {
  func run(_ input: [UInt8]) throws {
    let surroundings = Surroundings(
      arguments: ["--config", "file", "--auth-key-file", "key"], environment: [:], readFile: { _ in .bytes(input) },
      userID: { ["root": 0][$0] }, groupID: { ["root": 0][$0] }, readInput: { _ in [] },
      loadedKeyFile: { "key" })
    switch Result(catching: { () throws(SettingsErrors) in try SettingsLoader(surroundings).load().settings }) {
    case .success(let settings):
      let changes = settings.changes(from: Settings())
      for line in changes.live + changes.needsRestart {
        try expect(line.utf8.isOneLine, "a change is told in more than one line: \(line)")
      }
    case .failure(let error):
      try expect(!error.lines.isEmpty, "nothing is said to be wrong")
      for line in error.lines { try expect(line.utf8.isOneLine, "an error is more than one line: \(line)") }
    }
  }
}
