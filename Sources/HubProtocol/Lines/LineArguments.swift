/// Where the words of a line begin and end; one or more blanks lie between them.
struct LineArguments {
  private static let blank = UInt8(ascii: " ")

  private var index = 0

  /// Goes past blanks; returns whether a byte comes next.
  mutating func beginWith(_ byte: UInt8, in line: Span<UInt8>) -> Bool {
    skipBlanks(line)
    return index < line.count && line[index] == byte
  }

  /// The next word, or nil at the end of the line.
  mutating func next(in line: Span<UInt8>) -> Range<Int>? {
    skipBlanks(line)
    let start = index
    index = line.index(of: Self.blank, in: start..<line.count)
    return start < index ? start..<index : nil
  }

  /// What is left of the line, as it is.
  mutating func rest(of line: Span<UInt8>) -> Range<Int> {
    skipBlanks(line)
    return index..<line.count
  }

  private mutating func skipBlanks(_ line: Span<UInt8>) {
    while index < line.count, line[index] == Self.blank { index &+= 1 }
  }
}

extension Span<UInt8> {
  /// A part of a line for a message: in quotes, and never long.
  func quoted(_ range: Range<Int>) -> String {
    // Copied within the closure; `extracting` checks the range.
    let part = extracting(range.prefix(40)).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    return range.count > 40 ? "“\(part)…”" : "“\(part)”"
  }
}
