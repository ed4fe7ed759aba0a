/// The table of keys as people read it: `--help`, the tables in `docs/configuration.md`, the options in the manual.
enum SettingsDocument {
  private static let textWidth = 100

  static var help: String {
    var lines = usage
    for key in SettingKey.all {
      lines.append("")
      lines.append("  \(key.option) \(key.placeholder)  [\(key.defaultText.isEmpty ? "none" : key.defaultText)]")
      lines += wrapped(key.plainSummary, indent: 6)
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

  /// The options of the manual, in roff's man macros (groff_man(7)).
  static var manual: String {
    SettingKey.all.map { key in
      let lines = [
        ".TP", ".BI \(escaped(key.option))\\~ \(escaped(key.placeholder))",
        "\\fR[\(escaped(key.defaultText.isEmpty ? "none" : key.defaultText))]", ".br",
      ]
      return (lines + wrapped(key.plainSummary, indent: 0, width: 78).map(escaped)).joined(separator: "\n")
    }.joined(separator: "\n")
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

  private static var usage: [String] {
    [
      "Usage: pushhubd [OPTION …]",
      "Pushes events from local publishers to browsers (server-sent events).",
      "",
      "  --config FILE    Read this configuration file, which has to be there [\(ConfigurationFile.defaultPath), if it is",
      "                   there].",
      "  --check-config   Say whether the configuration is valid, and exit: 0 if it is, else 78.",
      "  --dev            To try it out: make a throw-away key, print a token and a demo page; loopback addresses only.",
      "  --version        Print the version and exit.",
      "  --help           Print this and exit.",
      "",
      "Each key of the configuration is an option as well, and an environment variable: http.listen is --http-listen and",
      "PUSHHUB_HTTP_LISTEN. The command line goes before the environment, that before the file. Lists have commas between",
      "their items. Durations are 500ms, 30s, 2m, 1h; sizes 64KiB, 1MiB. In brackets: the default.",
    ]
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

  /// Without the marks of Markdown.
  fileprivate var plainSummary: String {
    summary.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }.replacing("`", with: "")
  }
}
