@testable import pushhub_send

/// The parts of the man page that are made of the declarations, in roff's man macros (groff_man(7)).
enum ManualText {
  static var synopsis: String {
    ([".nf"] + HelpText.usages.map { usage in fonts("pushhub-send " + usage) } + [".fi"]).joined(separator: "\n")
  }

  static func options(of section: CommandOption.Section) -> String {
    let options = CommandOption.allCases.filter { $0.declaration.section == section }
    return options.map { entry($0.synopsis, $0.declaration.summary, $0.declaration.details) }.joined(separator: "\n")
  }

  static var commands: String {
    CommandWord.allCases.map { word in
      let declaration = word.declaration
      let synopsis = declaration.arguments.isEmpty ? word.rawValue : "\(word.rawValue) \(declaration.arguments)"
      return entry(synopsis, declaration.summary, declaration.details)
    }.joined(separator: "\n")
  }

  private static func entry(_ synopsis: String, _ summary: String, _ details: String) -> String {
    let sentence = summary.prefix(1).uppercased() + summary.dropFirst() + "."
    let lines = [sentence] + details.split(separator: "\n").map(String.init)
    return ([".TP", fonts(synopsis)] + lines.map(text)).joined(separator: "\n")
  }

  /// What is typed as it stands in bold, what stands for something in italics.
  private static func fonts(_ usage: String) -> String {
    var result = ""
    var font = "R"
    for character in usage {
      let next =
        switch character {
        case "A"..."Z": "I"
        case "a"..."z", "-", "=", ":": "B"
        default: "R"
        }
      if next != font { result += "\\f" + next }
      font = next
      result += escaped(String(character))
    }
    return font == "R" ? result : result + "\\fR"
  }

  /// A line of prose; what is between backquotes is bold.
  private static func text(_ line: String) -> String {
    let parts = line.split(separator: "`", omittingEmptySubsequences: false).map { escaped(String($0)) }
    let text = parts.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : "\\fB\($0.element)\\fR" }.joined()
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("…", with: "...")
  }
}
