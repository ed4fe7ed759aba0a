/// The options and the table of keys as people read them: `--help`, the tables in `docs/configuration.md`, the options in the manual.
enum SettingsDocument {
  private static let textWidth = 100

  static func help(for command: CommandLineOptions.Command) -> String {
    var lines = ["Usage: \(command.usage)"]
    if command == .serve {
      for other in commands { lines.append("       \(other.usage)") }
    }
    lines += wrapped(plain(command.summary), indent: 0)
    for option in options(of: command) {
      lines += ["", "  " + option.rawValue + (option.placeholder.map { " \($0)" } ?? "")]
      lines += wrapped(plain(option.summary), indent: 6)
    }
    lines.append("")
    guard command == .serve else {
      lines += wrapped("Each setting of the hub is an option as well: pushhubd --help lists them.", indent: 0)
      return lines.joined(separator: "\n")
    }
    lines += wrapped(
      "Each key of the configuration is an option as well, and an environment variable: http.listen is --http-listen and "
        + "PUSHHUB_HTTP_LISTEN. The command line goes before the environment, that before the file. Lists have commas "
        + "between their items. Durations are 500ms, 30s, 2m, 1h; sizes 64KiB, 1MiB. In brackets: the default.",
      indent: 0, width: 116)
    for key in SettingKey.all {
      lines += ["", "  \(key.option) \(key.placeholder)  [\(key.defaultText.isEmpty ? "none" : key.defaultText)]"]
      lines += wrapped(plain(key.summary), indent: 6)
    }
    return lines.joined(separator: "\n")
  }

  /// One row for each key of a section, such as `http`. A key without a section is one of its own: `threads`.
  static func table(of section: String) -> String {
    let rows = SettingKey.all.filter { $0.section == section }.map { key in
      let isNone = key.defaultText.isEmpty
      let cells = [
        "`\(key.name)`", isNone ? "none" : "`\(key.defaultText)`", key.kind,
        key.effect == .atReload ? "reload" : "restart",
        key.summary,
      ]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return (["| key | default | takes | changed by | |", "| --- | --- | --- | --- | --- |"] + rows).joined(
      separator: "\n")
  }

  /// The commands of the manual with their options, in roff's man macros (groff_man(7)).
  static var manualCommands: String {
    commands.map { command in
      // What the daemon's own options say is not said twice.
      let options = options(of: command).filter { !$0.belongs(to: .serve) }
      let usage = command.usage.replacing("…", with: "...")
      let head = [".SS \"\(escaped(usage))\""] + prose(command.summary)
      return head.joined(separator: "\n") + "\n" + manual(of: options)
    }.joined(separator: "\n")
  }

  /// The options of the manual that are no keys.
  static var manualOptions: String { manual(of: options(of: .serve)) }

  private static var commands: [CommandLineOptions.Command] {
    CommandLineOptions.Command.allCases.filter { $0 != .serve }
  }

  private static func options(of command: CommandLineOptions.Command) -> [CommandLineOptions.Own] {
    CommandLineOptions.Own.allCases.filter { $0.belongs(to: command) }
  }

  private static func manual(of options: [CommandLineOptions.Own]) -> String {
    options.map { option in
      let value = option.placeholder.map { "\\~ \(escaped($0))" }
      let name = (value == nil ? ".B " : ".BI ") + escaped(option.rawValue) + (value ?? "")
      return ([".TP", name] + prose(option.summary)).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// The settings of the manual.
  static var manualSettings: String {
    SettingKey.all.map { key in
      let lines = [
        ".TP", ".BI \(escaped(key.option))\\~ \(escaped(key.placeholder))",
        "\\fR[\(escaped(key.defaultText.isEmpty ? "none" : key.defaultText))]", ".br",
      ]
      return (lines + prose(key.summary)).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static func prose(_ summary: String) -> [String] {
    wrapped(plain(summary), indent: 0, width: 78).map(escaped)
  }

  /// A line of text that roff takes for nothing else.
  private static func escaped(_ text: String) -> String {
    let text = text.replacing("-", with: "\\-").replacing("'", with: "\\(aq")
    return text.hasPrefix(".") ? "\\&" + text : text
  }

  /// `http`, `publish` …
  static var sections: [String] {
    SettingKey.all.map(\.section).reduce(into: []) { sections, section in
      if !sections.contains(section) { sections.append(section) }
    }
  }

  /// Without the marks of Markdown.
  private static func plain(_ summary: String) -> String {
    summary.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }.replacing("`", with: "")
  }

  private static func wrapped(_ text: String, indent: Int, width: Int = textWidth) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).map { String(repeating: " ", count: indent) + $0 }
  }
}

extension SettingKey {
  fileprivate var section: String { components[0] }

  fileprivate var placeholder: String {
    if isList { return "LIST" }
    return kind.contains(",") ? kind.replacing(", ", with: "|") : kind.uppercased().replacing(" ", with: "-")
  }
}
