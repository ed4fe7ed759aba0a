/// A value as a source has it.
enum RawValue: Sendable, Hashable {
  case text(String)
  /// A list of the file.
  case list([String])
}

/// How values of one type are written: reading checks all there is to check, and `write` has the form that reading
/// takes, for help, documentation and what a reload says.
struct ValueFormat<Value: Sendable>: Sendable {
  /// What is to be written, in a word: `duration`.
  let kind: String
  let isList: Bool
  let read: @Sendable (RawValue, Surroundings) throws(ValueProblem) -> Value
  let write: @Sendable (Value) -> String

  /// One value.
  init(
    _ kind: String, read: @escaping @Sendable (String, Surroundings) throws(ValueProblem) -> Value,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.kind = kind
    isList = false
    self.read = { (raw, surroundings) throws(ValueProblem) in
      guard case .text(let text) = raw else { throw ValueProblem("a list is given where one value is taken") }
      return try read(text, surroundings)
    }
    self.write = write
  }

  /// Several, with commas between where they stand in one text.
  init<Item>(
    listOf kind: String, atLeast minCount: Int = 0, atMost maxCount: Int,
    read: @escaping @Sendable (String, Surroundings) throws(ValueProblem) -> Item,
    finish: @escaping @Sendable ([Item]) throws(ValueProblem) -> Value,
    write: @escaping @Sendable (Value) -> [String]
  ) {
    self.kind = "list of \(kind)"
    isList = true
    self.read = { (raw, surroundings) throws(ValueProblem) in
      let texts = raw.items
      guard texts.count >= minCount else {
        throw ValueProblem("the list is empty: it takes at least one of the \(kind)")
      }
      guard texts.count <= maxCount else { throw ValueProblem("the list is too long: it takes at most \(maxCount)") }
      var items: [Item] = []
      for text in texts {
        guard !text.isEmpty else {
          throw ValueProblem("the list has an empty item: take out the comma or item too many")
        }
        items.append(try read(text, surroundings))
      }
      return try finish(items)
    }
    self.write = { write($0).joined(separator: ",") }
  }
}

extension RawValue {
  /// The items of a list. A text that is empty has none.
  fileprivate var items: [String] {
    switch self {
    case .text(let text) where text.allSatisfy(\.isBlank): []
    case .text(let text): text.split(separator: ",", omittingEmptySubsequences: false).map(\.withoutBlanks)
    case .list(let items): items.map(\.withoutBlanks)
    }
  }
}

extension Character {
  fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension StringProtocol {
  /// Without blanks at both ends.
  fileprivate var withoutBlanks: String {
    var text = drop { $0.isBlank }[...]
    while text.last?.isBlank == true { text = text.dropLast() }
    return String(text)
  }
}
