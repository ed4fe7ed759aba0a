import HubProtocol
import Testing

struct LineReaderTests {
  static let streams: [String] = [
    "", "\n", "\r\n", "\n\n\r\n\n", "a\n", "a\r\n", "a", "a\r", "PING\nSTATS\r\n\nPUSH * x 1\n", "\ra\r\n",
    "a\rb\r\r\n",
    "1234567\n12345678\n123456789\nx\n", "12345678\r\n", "123456789\r\n", "12345678\r", "12345678\rx\ny\n", "123456789",
    "1234567890123456\n",
    "1234567890123456", "é€😀\n", "12345678901234567890\r\n1\n", "12345678\r\r\n1\n", "\0\n\u{1}\n",
  ]

  /// What the reader says of a stream that comes in parts; `!` stands for a line that is too long. Both ways to take
  /// lines say the same.
  private func lines(_ parts: [[UInt8]], maxLineBytes: Int = 8) -> (lines: [String], isIncomplete: Bool) {
    var reader = LineReader(maxLineBytes: maxLineBytes)
    var puller = reader
    var lines: [LineReader.CopiedLine] = []
    var pulled: [LineReader.CopiedLine] = []
    for part in parts {
      reader.append(part.span) { lines.append(LineReader.CopiedLine($0)) }
      var rest = part[...]
      while let line = puller.next(in: &rest) { pulled.append(line) }
    }
    #expect(pulled == lines && puller.hasIncompleteLine == reader.hasIncompleteLine)
    return (lines.map { if case .complete(let bytes) = $0 { text(bytes) } else { "!" } }, reader.hasIncompleteLine)
  }

  @Test(arguments: [
    ("", [], false), ("\n", [""], false), ("a\n", ["a"], false), ("a\r\n", ["a"], false), ("a", [], true),
    ("a\nb", ["a"], true),
    ("\r\n\n\r\n", ["", "", ""], false), ("a\rb\n", ["a\rb"], false), ("a\r\r\n", ["a\r"], false),
    ("1234567\n", ["1234567"], false),
    ("12345678\n", ["12345678"], false), ("123456789\n", ["!"], false), ("12345678\r\n", ["12345678"], false),
    ("123456789\r\n", ["!"], false),
    ("1234567890\nok\n", ["!", "ok"], false), ("1234567890", ["!"], false), ("1234567890\nok", ["!"], true),
    ("1234567890\n1234567890\nok\n", ["!", "!", "ok"], false),
  ])
  func splits(stream: String, expected: [String], isIncomplete: Bool) {
    let result = lines([Array(stream.utf8)])
    #expect(result.lines == expected)
    #expect(result.isIncomplete == isIncomplete)
  }

  @Test(arguments: streams) func splitsAlikeWhereverTheStreamIsCut(stream: String) {
    let bytes = Array(stream.utf8)
    let whole = lines([bytes])
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let result = lines([Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])])
        #expect(result == whole, "cut at \(first) and \(second)")
      }
    }
    #expect(lines(bytes.map { [$0] }) == whole)
  }

  @Test(arguments: [99, 100, 101]) func holdsTheLimitHoweverTheLineComes(size: Int) {
    let line = [UInt8](repeating: 0x61, count: size)
    for end in ["\n", "\r\n"] {
      let bytes = line + Array(end.utf8) + Array("ok\n".utf8)
      let expected = size > 100 ? ["!", "ok"] : [text(line), "ok"]
      #expect(lines([bytes], maxLineBytes: 100).lines == expected)
      #expect(lines(bytes.map { [$0] }, maxLineBytes: 100).lines == expected)
    }
  }

  @Test func tellsOfALineThatNeverEndsAtOnceAndOnce() {
    var reader = LineReader(maxLineBytes: 1 << 20)
    let part = [UInt8](repeating: 0x61, count: 1000)
    var tooLong = 0
    var sentWhenTold = 0
    for sent in 1...5000 {
      reader.append(part.span) { line in
        guard case .tooLong = line else { return }
        tooLong += 1
        sentWhenTold = sent * part.count
      }
    }
    #expect(tooLong == 1 && sentWhenTold < 1 << 20 + 2000)
    #expect(!reader.hasIncompleteLine)
  }

  @Test(arguments: 0..<8) func agreesWithSplittingTheWholeOnRandomStreams(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
        Array("ab\r\n\n".utf8).randomElement(using: &generator) ?? 0
      }
      var parts: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1..<12, using: &generator))
        parts.append(Array(part))
        rest = rest.dropFirst(part.count)
      }
      let all = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      let expected = all.dropLast().map { $0.last == 0x0D ? $0.dropLast() : $0 }
        .map { $0.count > 8 ? "!" : text($0) }
      let result = lines(parts)
      let isLastTooLong = (all.last?.count ?? 0) > 9 || (all.last?.count == 9 && all.last?.last != 0x0D)
      #expect(result.lines.prefix(expected.count) == expected[...], "seed \(seed): \(text(bytes))")
      #expect(result.lines.count <= expected.count + (isLastTooLong ? 1 : 0))
      if !isLastTooLong { #expect(result.isIncomplete == (all.last?.isEmpty == false)) }
    }
  }

  @Test func takesOneLineAtATime() {
    var reader = LineReader(maxLineBytes: 8)
    var bytes = Array("a\r\n\n123456789\nb".utf8)[...]
    let a: LineReader.CopiedLine = .complete(Array("a".utf8))
    #expect(reader.next(in: &bytes) == a && text(bytes) == "\n123456789\nb")
    #expect(reader.next(in: &bytes) == .complete([]) && text(bytes) == "123456789\nb")
    #expect(reader.next(in: &bytes) == .tooLong && text(bytes) == "b")
    #expect(reader.next(in: &bytes) == nil && bytes.isEmpty && reader.hasIncompleteLine)
  }
}
