import Testing

@testable import pushhubd

struct LaunchTests {
  private func launch(
    _ arguments: [String], environment: [String: String] = ["CREDENTIALS_DIRECTORY": "/c"], file: String = ""
  )
    -> Launch
  {
    Launch.parse(
      .test(arguments, environment: environment, files: [Surroundings.defaultFile: .bytes(Array(file.utf8))]),
      version: "1.2.3", now: 1_700_000_000_000)
  }

  private func answer(_ launch: Launch) -> String? {
    if case .answer(let text, _, 0) = launch { text } else { nil }
  }

  private func failure(_ launch: Launch) -> (exitCode: Int32, lines: [String])? {
    if case .failed(let exitCode, let lines) = launch { (exitCode, lines) } else { nil }
  }

  @Test func theDaemonRunsWithItsSettings() {
    guard case .run(let loaded, let isDevelopment, _) = launch(["--threads=3"]) else { return #expect(Bool(false)) }
    #expect(loaded.settings == .with { $0.threads = 3 })
    #expect(!isDevelopment)
    guard case .run(_, true, _) = launch(["--dev"], environment: [:]) else { return #expect(Bool(false)) }
  }

  @Test(arguments: [["--version"], ["--version", "--zzz"], ["--version", "--threads=0"]])
  func theVersionIsToldWhateverElseThereIs(arguments: [String]) {
    #expect(answer(launch(arguments)) == "pushhubd 1.2.3")
  }

  @Test(arguments: [["--help"], ["-h"], ["--zzz", "--help"], ["--help", "--version"]])
  func helpIsGivenWhateverElseThereIs(arguments: [String]) {
    #expect(answer(launch(arguments)) == SettingsDocument.help(for: .serve))
  }

  @Test func aValidConfigurationIsCalledSo() {
    #expect(
      answer(launch(["--check-config"]))
        == "configuration is valid (/etc/pushhub/pushhubd.yaml); the key itself is not looked at before the start")
    #expect(answer(launch(["--check-config", "--dev"], environment: [:]))?.contains("key") == false)
  }

  /// Whoever checks by hand has no credentials; it is one line all the same.
  @Test func aCheckWithoutAKeySaysThatOneIsNeeded() {
    let text = answer(launch(["--check-config"], environment: [:])) ?? ""
    #expect(text.hasPrefix("configuration is valid (/etc/pushhub/pushhubd.yaml); auth.key-file names no key here"))
    #expect(!text.contains("\n"))
  }

  @Test(
    arguments: [
      (["--check-config"], "threads: 0", 78), ([], "threads: 0", 78), (["--threads=0"], "", 78), (["--zzz"], "", 64),
      (["--check-config", "--zzz"], "threads: 0", 64),
    ] as [([String], String, Int32)])
  func anErrorHasItsExitCode(arguments: [String], file: String, exitCode: Int32) {
    let failure = failure(launch(arguments, file: file))
    #expect(failure?.exitCode == exitCode)
    #expect(failure?.lines.isEmpty == false)
  }

  @Test func withoutAKeyTheDaemonDoesNotStart() {
    #expect(failure(launch([], environment: [:]))?.exitCode == 78)
    #expect(failure(launch([], environment: [:]))?.lines == [SettingsError.noKey.description])
  }

  @Test func aCheckWarnsOfVariablesThatAreNone() {
    let environment = ["CREDENTIALS_DIRECTORY": "/c", "PUSHHUB_SERVICE_HOST": "10.0.0.1"]
    guard case .answer(let text, let warnings, 0) = launch(["--check-config"], environment: environment) else {
      return #expect(Bool(false))
    }
    #expect(text.hasPrefix("configuration is valid"))
    #expect(warnings == ["“PUSHHUB_SERVICE_HOST” is no variable of pushhubd"])
  }

  /// Who made a slip on the command line is told of that, and not of keys.
  @Test(arguments: [["--dev", "extra"], ["extra"], ["-v"]])
  func aSlipOnTheCommandLineIsAllThatIsTold(arguments: [String]) {
    let failure = failure(launch(arguments, environment: [:]))
    #expect(failure?.exitCode == 64 && failure?.lines.count == 1)
    #expect(failure?.lines[0].contains("“\(arguments.last ?? "")”") == true)
  }

  /// Their standard output is for what they make, and whoever started the daemon is not told of them.
  @Test(
    arguments: [(["token"], 64), (["token", "--user=1"], 66), (["check-token"], 64), (["token", "--threads=0"], 78)]
      as [([String], Int32)])
  func aCommandThatCannotBeCarriedOutIsRefused(arguments: [String], exitCode: Int32) {
    guard case .refused(exitCode, let lines) = launch(arguments, environment: [:]) else { return #expect(Bool(false)) }
    #expect(lines.count == 1)
  }

  @Test(arguments: [CommandLineOptions.Command.token, .checkToken])
  func helpIsThatOfTheCommand(command: CommandLineOptions.Command) {
    let text = answer(launch([command.rawValue, "--help"]))
    #expect(text == SettingsDocument.help(for: command))
    #expect(text?.hasPrefix("Usage: pushhubd \(command.rawValue) ") == true)
  }

  /// What lies behind the closures of this process.
  @Test func theProcessReadsFilesAndAccounts() throws {
    let surroundings = Surroundings.ofProcess(arguments: ["pushhubd", "--dev"])
    #expect(surroundings.arguments == ["--dev"])
    #expect(surroundings.readFile("/nonexistent/x") == .missing)
    #expect(surroundings.readFile("/dev/null") == .bytes([]))
    #expect(surroundings.readFile("/") == .unreadable("Is a directory"))
    #expect(surroundings.readFile("/dev/zero") == .unreadable("it is longer than 1 MiB"))
    #expect(surroundings.userID("root") == 0 && surroundings.groupID("root") == 0)
    #expect(surroundings.userID("no such user") == nil && surroundings.groupID("no such group") == nil)
    #expect(surroundings.environment["PATH"] != nil)
  }
}
