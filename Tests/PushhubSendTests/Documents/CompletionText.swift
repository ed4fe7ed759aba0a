@testable import pushhub_send

/// The parts of the completions that are made of the declarations: what there is. How a shell is told of it stands in
/// `completions/` itself.
enum CompletionText {
  private static let words = CommandWord.allCases
  private static let options = CommandOption.allCases
  private static let uses: [CommandWord?] = [nil] + words
  private static let targets = options.filter { $0.declaration.section == .target }

  /// What is said of an option or a command while a line is typed.
  private static func phrase(_ summary: String) -> String {
    String(summary.prefix { $0 != ";" }).replacing("`", with: "")
  }

  private static func names(_ option: CommandOption) -> [String] {
    (option.declaration.short.map { ["-\($0)"] } ?? []) + [option.name]
  }

  // MARK: bash

  static var bash: String {
    let cases = uses.map { word in
      let names = CommandOption.options(of: word).map(\.name).joined(separator: " ")
      return "    \(word?.rawValue ?? "\"\"")) options=\"\(names)\" ;;"
    }
    let values = options.compactMap { option in
      option.declaration.value.map { value in
        let suggestions =
          switch value.suggestions {
          case .none: "any"
          case .files: "files"
          case .words(let words): "\"\(words.joined(separator: " "))\""
          }
        return "    \(option.name)) value=\(suggestions) ;;"
      }
    }
    return """
      _pushhub_send_commands="\(words.map(\.rawValue).joined(separator: " "))"
      _pushhub_send_targets="\(targets.map(\.name).joined(separator: " "))"

      # Sets "options" to those that mean something with the command $1, or with publishing where it is empty.
      _pushhub_send_options() {
        case $1 in
      \(cases.joined(separator: "\n"))
        esac
      }

      # Sets "value" to what follows the option $1: "files", "any" text, or words to choose from; to nothing for a switch.
      _pushhub_send_value() {
        case $1 in
      \(values.joined(separator: "\n"))
          *) value= ;;
        esac
      }

      """
  }

  // MARK: zsh

  static var zsh: String {
    let general = options.filter { $0.declaration.section == .general }
    let generalSpecs = general.flatMap { zshSpecs($0, of: nil) }.map { "  \($0)" }
    let commands = words.map { "  \(zshQuoted("\($0.rawValue):\(phrase($0.declaration.summary))"))" }
    let cases = uses.map { word in
      let special = CommandOption.options(of: word).filter { !general.contains($0) }
      let specs = special.flatMap { zshSpecs($0, of: word) }.map { "\n      \($0)" }.joined()
      return "    \(word?.rawValue ?? "\"\"")) specs=($_pushhub_send_general\(specs)) ;;"
    }
    return """
      typeset -ga _pushhub_send_targets=(\(targets.map(\.name).joined(separator: " ")))
      typeset -ga _pushhub_send_commands=(
      \(commands.joined(separator: "\n"))
      )

      typeset -ga _pushhub_send_general=(
      \(generalSpecs.joined(separator: "\n"))
      )

      # Sets "specs" to what _arguments is told of the options of the command $1, or of publishing where it is empty.
      _pushhub_send_options() {
        case $1 in
      \(cases.joined(separator: "\n"))
        esac
      }

      """
  }

  private static func zshSpecs(_ option: CommandOption, of word: CommandWord?) -> [String] {
    let declaration = option.declaration
    var excluded: [String] = []
    switch option {
    case .help, .version: excluded = ["-", "*"]
    default:
      excluded = option.excluded(with: word).filter { CommandOption.options(of: word).contains($0) }.flatMap(names)
      if declaration.short != nil, !declaration.isRepeatable { excluded += names(option) }
      // A target instead of the command's own argument, which is the line's second.
      if declaration.section == .target, word?.declaration.value != nil { excluded.append("2") }
    }
    var value = ""
    if let argument = declaration.value {
      let action =
        switch argument.suggestions {
        case .none: ""
        case .files: "_files"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
      value = ":\(argument.meaning):\(action)"
    }
    return names(option).map { name in
      zshQuoted(
        (excluded.isEmpty ? "" : "(\(excluded.joined(separator: " ")))") + (declaration.isRepeatable ? "*" : "") + name
          + (declaration.value == nil ? "" : "=") + "[\(phrase(declaration.summary))]" + value)
    }
  }

  private static func zshQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  // MARK: fish

  static var fish: String {
    let commands = words.map { word in
      "complete -c pushhub-send -n __pushhub_send_wants_command -a \(word.rawValue)"
        + " -d \(fishQuoted(phrase(word.declaration.summary)))"
    }
    return """
      set -g __pushhub_send_commands \(words.map(\.rawValue).joined(separator: " "))
      set -g __pushhub_send_targets \(targets.map(\.rawValue).joined(separator: " "))

      \((commands + options.map(fishLine)).joined(separator: "\n"))

      """
  }

  private static func fishLine(_ option: CommandOption) -> String {
    let declaration = option.declaration
    let users = uses.filter { CommandOption.options(of: $0).contains(option) }.map { $0?.rawValue ?? "publish" }
    var line = "complete -c pushhub-send"
    if declaration.section != .general { line += " -n \"__pushhub_send_takes \(users.joined(separator: " "))\"" }
    if let short = declaration.short { line += " -s \(short)" }
    line += " -l \(option.rawValue)"
    switch declaration.value?.suggestions {
    case .none?: line += " -x"
    case .files?: line += " -r -F"
    case .words(let words)?: line += " -x -a \"\(words.joined(separator: " "))\""
    case nil: break
    }
    return line + " -d \(fishQuoted(phrase(declaration.summary)))"
  }

  private static func fishQuoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$") + "\""
  }
}
