import Testing

@testable import pushhubd

struct CommandLineOptionsTests {
  @Test func switchesAndValuesAreTold() {
    let options = CommandLineOptions([
      "--dev", "--config", "/x", "--threads=4", "--http-listen", "a:1", "--check-config", "--http-listen=b:2,c:3", "-h",
      "--version", "--auth-issuer", "", "--stream-welcome-message", "-", "--auth-audience=--x=y",
    ])
    #expect(options.errors == [])
    #expect(options.isDevelopment && options.wantsCheck && options.wantsHelp && options.wantsVersion)
    #expect(options.configurationFile == "/x")
    #expect(
      options.values == [
        "threads": "4", "http.listen": "a:1,b:2,c:3", "auth.issuer": "", "stream.welcome-message": "-",
        "auth.audience": "--x=y",
      ])
  }

  @Test func aCommandHasOptionsOfItsOwnAndThoseOfTheKeys() {
    let options = CommandLineOptions([
      "token", "--user", "42", "--scope=a", "--scope", "b", "--topic", "x", "--claim", "a=1", "--key=k", "--expires=1h",
      "--auth-issuer=i", "--config=c",
    ])
    #expect(options.errors == [] && options.command == .token)
    #expect(
      options.ownValues == [
        .user: ["42"], .scope: ["a", "b"], .topic: ["x"], .claim: ["a=1"], .key: ["k"], .expires: ["1h"],
        .config: ["c"],
      ])
    #expect(options.values == ["auth.issuer": "i"])
  }

  @Test func aTokenToCheckBelongsToNoOption() {
    let options = CommandLineOptions(["check-token", "-", "--key", "k", "a.b.c"])
    #expect(options.errors == [] && options.command == .checkToken)
    #expect(options.operands == ["-", "a.b.c"] && options[.key] == "k")
  }

  @Test(arguments: [
    (["--listen"], "“--listen” is no option: did you mean --http-listen?"),
    (["--http-lisen", "a:1"], "“--http-lisen” is no option: did you mean --http-listen?"),
    (["--check"], "“--check” is no option: did you mean --check-config?"),
    (["--zzzzzz=hunter2"], "“--zzzzzz” is no option: --help lists them"),
    (
      ["--jwt-secret", "hunter2"], "“--jwt-secret” is no option: a secret comes from the file that auth.key-file names"
    ),
    (["--threads"], "--threads: the value is missing: write --threads=VALUE"),
    (["--threads", "--dev"], "--threads: the value is missing: write --threads=VALUE"),
    (["--config"], "--config: the value is missing: write --config=VALUE"),
    (["--config="], "--config: the path of a file is missing"),
    (["--config=a", "--config=b"], "--config is given twice: leave one out"),
    (["--threads=1", "--threads=1"], "--threads is given twice: leave one out"),
    (["--dev=yes"], "--dev takes no value"),
    (["extra"], "“extra” belongs to no option: --help lists them"),
    (["--dev", "extra"], "“extra” belongs to no option: --help lists them"),
    (["toke"], "“toke” is no command: did you mean token?"),
    (["--dev", "token"], "“token” is a command, which stands in front of all options"),
    (["--user=1"], "--user belongs to pushhubd token"), (["--key", "k"], "--key belongs to pushhubd token"),
    (["token", "--dev"], "--dev goes with no command"),
    (["token", "x"], "“x” belongs to no option: --help lists them"),
    (["token", "--usr=1"], "“--usr” is no option: did you mean --user?"),
    (["token", "--user=1", "--user=1"], "--user is given twice: leave one out"),
    (["token", "--key="], "--key: the path of a file is missing"),
    (["check-token", "--scope", "a"], "--scope belongs to pushhubd token"),
    (["--"], "“--” belongs to no option: --help lists them"),
    (["-v"], "“-v” is no option: did you mean --version?"), (["-V"], "“-V” is no option: did you mean --version?"),
    (["-c"], "“-c” is no option: --help lists them"), (["-x"], "“-x” is no option: --help lists them"),
  ])
  func whatIsNotAnOptionIsAnError(arguments: [String], text: String) {
    let options = CommandLineOptions(arguments)
    #expect(options.errors == [SettingsError(.usage, "command line: \(text)")])
  }
}
