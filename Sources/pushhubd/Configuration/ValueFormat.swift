/// A value as a source has it.
enum RawValue: Sendable, Hashable {
  /// What YAML takes a scalar of the file for, where that is not a text. In quotation marks it is always one.
  enum ScalarType: Sendable, Hashable {
    case boolean, number, date, nothing

    var name: String {
      switch self {
      case .boolean: "a boolean"
      case .number: "a number"
      case .date: "a date"
      case .nothing: "no value"
      }
    }
  }

  case text(String)
  /// A scalar of the file that is no text, as it is written there.
  case scalar(String, ScalarType)
  /// A list of the file, of texts and scalars.
  case list([RawValue])
  /// Keys where a value belongs.
  case section
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
  ///
  /// - Parameter isFreeText: any text is a value, so that YAML's `false` or `42` could not be told from one by reading.
  init(
    _ kind: String, isFreeText: Bool = false,
    read: @escaping @Sendable (String, Surroundings) throws(ValueProblem) -> Value,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.kind = kind
    isList = false
    self.read = { (raw, surroundings) throws(ValueProblem) in
      try read(raw.text(isFree: isFreeText), surroundings)
    }
    self.write = write
  }

  /// Several, with commas between where they stand in one text.
  ///
  /// - Parameter isFreeText: as for one value.
  init<Item>(
    listOf kind: String, isFreeText: Bool = false, atLeast minCount: Int = 0, atMost maxCount: Int,
    read: @escaping @Sendable (String, Surroundings) throws(ValueProblem) -> Item,
    finish: @escaping @Sendable ([Item]) throws(ValueProblem) -> Value,
    write: @escaping @Sendable (Value) -> [String]
  ) {
    self.kind = "list of \(kind)"
    isList = true
    self.read = { (raw, surroundings) throws(ValueProblem) in
      let texts = try raw.items(areFree: isFreeText)
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
  /// One value.
  fileprivate func text(isFree: Bool) throws(ValueProblem) -> String {
    switch self {
    case .text(let text): return text
    case .scalar(let text, .nothing): throw Self.nothing(text)
    case .scalar(let text, let type):
      guard !isFree else {
        throw ValueProblem(
          "\(text) is \(type.name), and this takes a text: write \"\(text)\" if that is meant, or \"\" for nothing")
      }
      return text
    case .list: throw ValueProblem("a list is given where one value is taken")
    case .section: throw ValueProblem("a section is given where one value is taken")
    }
  }

  /// The items of a list. A text that is empty has none.
  fileprivate func items(areFree: Bool) throws(ValueProblem) -> [String] {
    switch self {
    case .text(let text) where text.allSatisfy(\.isBlank): return []
    case .text, .scalar:
      return try text(isFree: areFree).split(separator: ",", omittingEmptySubsequences: false).map(\.withoutBlanks)
    case .list(let items):
      var texts: [String] = []
      for item in items { texts.append(try item.text(isFree: areFree).withoutBlanks) }
      return texts
    case .section: throw ValueProblem("a section is given where a list is taken")
    }
  }

  /// YAML's word for no value. Both of its readings are likely: the default, and nothing.
  private static func nothing(_ text: String) -> ValueProblem {
    ValueProblem("\(text) is no value: leave the key out for its default, or write \"\" for nothing")
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
