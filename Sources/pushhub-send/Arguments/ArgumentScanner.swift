import HubProtocol

/// Tells options from the other arguments, in the order given.
///
/// Arguments are bytes, because a payload or a file name may be any. An option is `--name`, `--name VALUE`,
/// `--name=VALUE` or the short form of one, `-q`; after `--` there are none. What begins with a dash but not with a name (`-`, `-5`, `- a list's item`)
/// is no option: a payload may be that.
struct ArgumentScanner {
  enum Token: Equatable {
    /// The value is empty for an option that takes none.
    case option(CommandOption, value: [UInt8])
    case positional([UInt8])
  }

  private var rest: ArraySlice<[UInt8]>
  private var optionsEnded = false

  /// - Parameter arguments: without the program's name.
  init(_ arguments: [[UInt8]]) { rest = arguments[...] }

  /// The next token, or nil after the last.
  mutating func next() throws(Failure) -> Token? {
    guard let argument = rest.popFirst() else { return nil }
    guard !optionsEnded, Self.looksLikeOption(argument) else { return .positional(argument) }
    if argument == Array("--".utf8) {
      optionsEnded = true
      return try next()
    }
    return try option(argument)
  }

  private static func looksLikeOption(_ argument: [UInt8]) -> Bool {
    guard argument.first == UInt8(ascii: "-") else { return false }
    if argument == Array("--".utf8) { return true }
    let name = argument.prefix { $0 != UInt8(ascii: "=") }.dropFirst(argument.starts(with: "--".utf8) ? 2 : 1)
    guard let first = name.first, isLetter(first) else { return false }
    return name.allSatisfy { isLetter($0) || $0.isDigit || $0 == UInt8(ascii: "-") }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

  private mutating func option(_ argument: [UInt8]) throws(Failure) -> Token {
    let equals = argument.firstIndex(of: UInt8(ascii: "="))
    let name = String(decoding: argument[..<(equals ?? argument.endIndex)], as: UTF8.self)
    guard let option = CommandOption(name: name) else {
      let guess = NearMiss.best(for: name, among: CommandOption.allCases.map(\.name))
      let advice = guess.map { "did you mean \($0)?" } ?? "pushhub-send --help lists them"
      throw Failure(.usage, "there is no option \(name): \(advice) (-- stands before a payload like this)")
    }
    guard option.declaration.value != nil else {
      guard equals == nil else { throw Failure(.usage, "\(option.name) takes no value") }
      return .option(option, value: [])
    }
    if let equals { return .option(option, value: Array(argument[(equals + 1)...])) }
    guard let value = rest.popFirst() else { throw Failure(.usage, "\(option.name) needs a value") }
    return .option(option, value: value)
  }
}
