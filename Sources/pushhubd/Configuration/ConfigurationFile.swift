internal import Yams

/// A configuration file in YAML, read but not yet understood.
struct ConfigurationFile: Sendable {
  /// Where the daemon looks when it is not told.
  static let defaultPath = "/etc/pushhub/pushhubd.yaml"
  /// More than anybody writes; a file may refer to a part of itself again and again (YAML's aliases).
  private static let maxEntries = 10_000

  /// Why a file cannot be read: what belongs behind its path.
  struct Problem: Error, Hashable {
    /// From 1 on, where the problem has a place.
    var line: Int?
    let text: String

    func description(at path: String) -> String { path + (line.map { ":\($0)" } ?? "") + ": " + text }
  }

  /// A key and what is behind it. A section with nothing in it is one as well.
  struct Entry: Sendable {
    /// `http.listen`, whether it is written so or in a section.
    let key: String
    let value: RawValue
  }

  /// In the order of the file.
  private(set) var entries: [Entry] = []

  init(contents: [UInt8]) throws(Problem) {
    guard let text = String(validating: contents, as: UTF8.self) else {
      let before = contents.prefix(Self.validPrefix(of: contents)).count { $0 == UInt8(ascii: "\n") }
      throw Problem(line: before + 1, text: "the file is not UTF-8 text")
    }
    // The parser takes no file of nothing but comments.
    guard !Self.isEmpty(text), let root = try Self.parse(text) else { return }
    guard let mapping = root.mapping else {
      throw Problem(text: "the file does not consist of keys: write lines such as “threads: 4”")
    }
    try add(mapping, below: "")
  }

  private static func parse(_ text: String) throws(Problem) -> Node? {
    do {
      return try Parser(yaml: text).singleRoot()
    } catch {
      throw Problem(error as? YamlError, in: text)
    }
  }

  private mutating func add(_ mapping: Node.Mapping, below section: String) throws(Problem) {
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw Problem(line: key.mark?.line, text: "a key is no plain word: write lines such as “threads: 4”")
      }
      guard entries.count < Self.maxEntries else {
        throw Problem(line: key.mark?.line, text: "the file has more than \(Self.maxEntries) keys")
      }
      if let mapping = value.mapping, !mapping.isEmpty {
        try Self.checkTag(of: value)
        try add(mapping, below: section + name + ".")
      } else {
        entries.append(Entry(key: section + name, value: try Self.rawValue(of: value)))
      }
    }
  }

  private static func rawValue(of node: Node) throws(Problem) -> RawValue {
    try checkTag(of: node)
    switch node {
    case .scalar(let scalar):
      guard let type = scalarTypes[node.tag.rawValue], !scalar.string.isEmpty else { return .text(scalar.string) }
      return .scalar(scalar.string, type)
    case .sequence(let sequence):
      var items: [RawValue] = []
      for item in sequence {
        guard item.scalar != nil else {
          throw Problem(
            line: item.mark?.line,
            text: "a list may only hold plain values, each in quotation marks if it has “: ” in it")
        }
        items.append(try rawValue(of: item))
      }
      return .list(items)
    case .mapping, .alias: return .section
    }
  }

  /// What YAML takes a plain scalar for, by its tag (YAML 1.1's types), where that is no text.
  private static let scalarTypes: [String: RawValue.ScalarType] = [
    Tag.Name.bool.rawValue: .boolean, Tag.Name.int.rawValue: .number, Tag.Name.float.rawValue: .number,
    Tag.Name.timestamp.rawValue: .date, Tag.Name.null.rawValue: .nothing,
  ]
  private static let knownTags = Set(scalarTypes.keys).union(
    [Tag.Name.str, .seq, .map, .merge, .value].map(\.rawValue))

  private static func checkTag(of node: Node) throws(Problem) {
    let tag = node.tag.rawValue
    guard knownTags.contains(tag) else {
      throw Problem(line: node.mark?.line, text: "the tag \(quoted(tag)) means nothing here: take it out")
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
}

extension ConfigurationFile.Problem {
  /// What the parser says. Its own description has parts of the file in it.
  fileprivate init(_ error: YamlError?, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let sentence = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
      self.init(line: mark.line, text: "not valid YAML: \(sentence)")
    case .reader(let problem, let offset, _, _):
      let line = 1 + text.prefix(offset ?? 0).count(where: \.isNewline)
      self.init(line: line, text: "not valid YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { quoted($0) }.joined(separator: ", ")
      self.init(line: context.mark.line, text: "\(names) is there twice: leave one out")
    default: self.init(text: "not valid YAML")
    }
  }
}
