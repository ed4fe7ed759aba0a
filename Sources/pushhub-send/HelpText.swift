/// `--help`, made of the declarations of options and commands.
enum HelpText {
  /// How to publish; a command is used as its declaration says.
  static let publishing = [
    "TARGET [OPTION …] EVENT PAYLOAD",
    "TARGET [OPTION …] EVENT NAME=TEXT|NAME:=JSON …",
    "TARGET [OPTION …] EVENT --text|--raw TEXT",
    "TARGET [OPTION …] EVENT --lines [--file FILE]",
  ]

  /// What is written behind `pushhub-send`, one line for each way to use it.
  static var usages: [String] { publishing + CommandWord.allCases.map(usage) }

  private static func usage(_ word: CommandWord) -> String {
    let arguments = word.declaration.arguments
    return "[OPTION …] \(word.rawValue)" + (arguments.isEmpty ? "" : " \(arguments)")
  }

  static var text: String {
    let usage = usages.enumerated().map { index, usage in
      (index == 0 ? "usage: " : "       ") + "pushhub-send \(usage)"
    }
    let options = Dictionary(grouping: CommandOption.allCases, by: \.declaration.section)
      .mapValues { $0.map { entry($0.synopsis, $0.declaration.summary) }.joined(separator: "\n") }
    let commands = CommandWord.allCases.map { word in
      entry("\(word.rawValue) \(word.declaration.value?.placeholder ?? "")", word.declaration.summary)
    }
    return """
      \(usage.joined(separator: "\n"))

      Publishes events to the browsers that a push hub on this host serves, and
      listens to events.

      TARGET, one of:
      \(options[.target] ?? "")
      EVENT is the event's type; - is the default, message.
      PAYLOAD is JSON: an argument, @FILE, or - for standard input. It may have line
      breaks between tokens. Or it is made of arguments: name=text and name:=JSON.

      Publishing:
      \(options[.publishing] ?? "")

      Commands, as the first argument that is no option:
      \(commands.joined(separator: "\n"))

      With commands:
      \(options[.commands] ?? "")

      Options:
      \(options[.general] ?? "")

      Exit codes: 0 done; 3 not delivered; 64 usage; 65 bad data; 66 no such file;
      69 no hub; 73, 74 input or output; 75 try again; 77 no permission.

      """
  }

  /// Of one command.
  static func text(_ word: CommandWord) -> String {
    let declaration = word.declaration
    let summary = declaration.summary.prefix(1).uppercased() + declaration.summary.dropFirst() + "."
    let details = declaration.details.split(separator: "\n").map { paragraph(String($0)) }
    let options = CommandOption.options(of: word).map { entry($0.synopsis, $0.declaration.summary) }
    return ([paragraph("usage: pushhub-send " + usage(word)), "", paragraph(summary)] + details + [""] + options)
      .joined(separator: "\n") + "\n"
  }

  private static func paragraph(_ text: String) -> String { folded(text, from: "", column: 0) }

  private static let width = 80
  private static let column = 24

  /// A name on the left, and what is said of it on the right.
  private static func entry(_ name: String, _ summary: String) -> String {
    var lines: [String] = []
    var line = "  " + name
    if line.count > column - 2 {
      lines.append(line)
      line = ""
    }
    line += String(repeating: " ", count: column - line.count)
    return (lines + [folded(summary, from: line, column: column)]).joined(separator: "\n")
  }

  /// Text that begins behind what a line has already, and goes on below its own beginning.
  private static func folded(_ text: String, from start: String, column: Int) -> String {
    var lines: [String] = []
    var line = start
    var isEmpty = true
    for word in text.replacing("`", with: "").split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: column)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n")
  }
}
