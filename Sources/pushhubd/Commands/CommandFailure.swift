/// Why a command did not do what it was told.
struct CommandFailure: Error, Hashable {
  let exitCode: Int32
  /// One line.
  let line: String

  init(_ exitCode: Int32, _ line: String) {
    self.exitCode = exitCode
    self.line = line
  }

  /// The command line is not written as it must be.
  static func usage(_ text: String) -> CommandFailure { CommandFailure(ExitCode.usage, "command line: \(text)") }
}
