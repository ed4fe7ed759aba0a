/// Tells options from the other arguments, in the order given.
///
/// Arguments are bytes, because a payload or a file name may be any. An option is `--name`, `--name VALUE` or
/// `--name=VALUE`; after `--` there are none. `-` alone and a negative number (a payload may be one) are no options.
struct ArgumentScanner {
  enum Token: Equatable {
    /// The value is empty for an option that takes none.
    case option(CommandOption, value: String)
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
    guard argument.count > 1, argument[0] == UInt8(ascii: "-") else { return false }
    return !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(argument[1])
  }

  private mutating func option(_ argument: [UInt8]) throws(Failure) -> Token {
    if argument == Array("-h".utf8) { return .option(.help, value: "") }
    let equals = argument.firstIndex(of: UInt8(ascii: "="))
    let name = String(decoding: argument[..<(equals ?? argument.endIndex)], as: UTF8.self)
    guard name.utf8.starts(with: "--".utf8), let option = CommandOption(rawValue: String(name.dropFirst(2))) else {
      throw Failure(.usage, "there is no option \(name); pushhub-send --help lists them")
    }
    guard option.takesValue else {
      guard equals == nil else { throw Failure(.usage, "\(option.name) takes no value") }
      return .option(option, value: "")
    }
    let value = if let equals { argument[(equals + 1)...] } else { try nextValue(of: option) }
    guard let text = String(validating: value, as: UTF8.self) else {
      throw Failure(.usage, "the value of \(option.name) is not UTF-8")
    }
    return .option(option, value: text)
  }

  private mutating func nextValue(of option: CommandOption) throws(Failure) -> ArraySlice<UInt8> {
    guard let value = rest.popFirst() else { throw Failure(.usage, "\(option.name) needs a value") }
    return value[...]
  }
}
