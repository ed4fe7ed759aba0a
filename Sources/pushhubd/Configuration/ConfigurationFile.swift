import Configuration
import Synchronization

/// A configuration file in YAML, read but not yet understood.
struct ConfigurationFile: Sendable {
  /// Where the daemon looks when it is not told.
  static let defaultPath = "/etc/pushhub/pushhubd.yaml"
  /// YAML's, unless they are quoted.
  static let wordsForNothing = ["~", "null", "Null", "NULL"]

  /// Why a file cannot be read: what belongs behind its path.
  struct Problem: Error, Hashable {
    /// From 1 on, where the problem has a place.
    let line: Int?
    let text: String

    func description(at path: String) -> String { path + (line.map { ":\($0)" } ?? "") + ": " + text }
  }

  let snapshot: YAMLSnapshot
  /// Every key that has a value, sections with nothing in them among them, in the order of the file's levels.
  let keys: [String]

  init(contents: [UInt8]) throws(Problem) {
    guard let text = String(validating: contents, as: UTF8.self) else {
      let before = contents.prefix(Self.validPrefix(of: contents)).count { $0 == UInt8(ascii: "\n") }
      throw Problem(line: before + 1, text: "the file is not UTF-8 text")
    }
    // A file of nothing but comments is none that the reader takes.
    let yaml = Self.isEmpty(text) ? Array("{}".utf8) : contents
    let collector = KeyCollector()
    do {
      // The reader asks for every value whether it is a secret: the one place where it names the keys of a file.
      snapshot = try YAMLSnapshot(
        data: yaml.span.bytes, providerName: "file",
        parsingOptions: YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in collector.add(key) }))
    } catch {
      throw Self.problem(String(describing: error))
    }
    keys = collector.keys
  }

  /// Whether there is more than nothing at a key that stands for a section.
  func hasValue(_ section: String) -> Bool {
    let key = AbsoluteConfigKey([section])
    let content = (try? snapshot.value(forKey: key, type: .string))?.value?.content
    guard case .string(let text) = content else {
      return (try? snapshot.value(forKey: key, type: .stringArray))?.value != nil
    }
    return !text.isEmpty && !Self.wordsForNothing.contains(text)
  }

  private final class KeyCollector: Sendable {
    private let found = Mutex<[String]>([])
    var keys: [String] { found.withLock { $0 } }

    /// Nothing in the file is a secret.
    func add(_ key: String) -> Bool {
      found.withLock { $0.append(key) }
      return false
    }
  }

  /// Whether no line has more than white space, a comment, or the mark of a document.
  private static func isEmpty(_ text: String) -> Bool {
    text.drop { $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline).allSatisfy { line in
      let first = line.first { $0 != " " && $0 != "\t" }
      return first == nil || first == "#" || line == "---" || line == "..."
    }
  }

  /// How many bytes there are before the first that is no UTF-8.
  private static func validPrefix(of bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var count = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
    return count
  }

  /// The reader's own text says where and what, over several lines: `3:5: error: parser: … in line 2, column 1`, then
  /// the line itself with a mark below.
  private static func problem(_ text: String) -> Problem {
    if text.contains("not a mapping") {
      return Problem(line: nil, text: "the file does not consist of keys: write lines such as “threads: 4”")
    }
    if text.contains("non-scalar value in array") || text.contains("Unsupported primitive value") {
      return Problem(
        line: nil,
        text: "a list may only hold plain values, each in quotation marks if it has “: ” in it: \(flat(text))")
    }
    if let duplicates = text.firstRange(of: "duplicated key(s): ") {
      let names = text[duplicates.upperBound...].prefix { !$0.isNewline }
      return Problem(line: nil, text: "the file has a key twice in one block, so leave one out: \(flat(String(names)))")
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let position = lines.first?.split(separator: ":", maxSplits: 2) ?? []
    if position.count == 3, let line = Int(position[0]), Int(position[1]) != nil {
      // The last two lines are the file's own and the mark.
      let sentence = lines.dropLast(lines.count > 2 ? 2 : 0).joined(separator: " ")
      let words = sentence.split(separator: ":", maxSplits: 4).last ?? ""
      return Problem(line: line, text: "not valid YAML: \(flat(String(words)))")
    }
    let line = text.firstRange(of: " in line ").flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
    return Problem(line: line, text: "not valid YAML: \(flat(text))")
  }

  /// In one line, without the full stop or colon at its end.
  private static func flat(_ text: String) -> String {
    var words = text.split { $0.isWhitespace }.joined(separator: " ")
    while let last = words.last, ":. ".contains(last) { words.removeLast() }
    return escapingControls(words)
  }
}
