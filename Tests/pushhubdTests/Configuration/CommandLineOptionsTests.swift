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
    (["--"], "“--” belongs to no option: --help lists them"),
    (["-v"], "“-v” is no option: did you mean --version?"), (["-V"], "“-V” is no option: did you mean --version?"),
    (["-c"], "“-c” is no option: --help lists them"), (["-x"], "“-x” is no option: --help lists them"),
  ])
  func whatIsNotAnOptionIsAnError(arguments: [String], text: String) {
    let options = CommandLineOptions(arguments)
    #expect(options.errors == [SettingsError(.usage, "command line: \(text)")])
  }
}
