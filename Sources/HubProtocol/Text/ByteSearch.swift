/// Reading text that is not yet known to be text, eight bytes at a time where that is possible.
extension Span<UInt8> {
  private static var lowBits: UInt64 { 0x0101_0101_0101_0101 }
  private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

  /// The index of the first `byte` in the range, or the range's end.
  package func index(of byte: UInt8, in range: Range<Int>) -> Int {
    let pattern = Self.lowBits &* UInt64(byte)
    return firstHit(in: range) { word in
      let difference = word ^ pattern
      return (difference &- Self.lowBits) & ~difference
    } isHit: {
      $0 == byte
    }
  }

  /// Whether any byte is a C0 control character.
  package var hasControl: Bool {
    firstHit(in: 0..<count) { word in
      (word &- Self.lowBits &* 0x20) & ~word
    } isHit: {
      $0 < 0x20
    } < count
  }

  /// The index of the first byte from `start` on that a JSON string cannot just hold: a control character, a quote, a
  /// backslash or a byte beyond ASCII; or the end.
  func indexOfSpecial(from start: Int) -> Int {
    firstHit(in: start..<count) { word in
      let quote = word ^ (Self.lowBits &* 0x22)
      let backslash = word ^ (Self.lowBits &* 0x5C)
      let control = (word &- Self.lowBits &* 0x20) & ~word
      return control | (quote &- Self.lowBits) & ~quote | (backslash &- Self.lowBits) & ~backslash | word
    } isHit: {
      $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 >= 0x80
    }
  }

  /// The index of the first byte in the range that is a hit, or the range's end.
  ///
  /// - Parameter hits: sets the highest bit of each of a word's bytes that is a hit. A borrow can only make a false hit
  ///   above a true one, and the lowest hit is what counts; the other bits do not.
  @inline(__always) private func firstHit(
    in range: Range<Int>, hits: (UInt64) -> UInt64, isHit: (UInt8) -> Bool
  ) -> Int {
    var index = range.lowerBound
    // Most of what is looked for is near: the names and short texts of JSON end within two words.
    let nearEnd = Swift.min(index &+ 16, range.upperBound)
    while index &+ 8 <= nearEnd {
      let found = hits(word(at: index)) & Self.highBits
      if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index &+ 32 <= range.upperBound {
      let near = hits(word(at: index)) | hits(word(at: index &+ 8))
      let far = hits(word(at: index &+ 16)) | hits(word(at: index &+ 24))
      if (near | far) & Self.highBits != 0 { break }
      index &+= 32
    }
    while index &+ 8 <= range.upperBound {
      let found = hits(word(at: index)) & Self.highBits
      if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < range.upperBound, !isHit(self[index]) { index &+= 1 }
    return index
  }

  /// The length of the UTF-8 sequence at an index, or 0 where there is none (Unicode, table 3-7: nothing overlong, no
  /// surrogates, nothing beyond U+10FFFF).
  func scalarLength(at index: Int) -> Int {
    let first = self[index]
    switch first {
    case 0...0x7F: return 1
    case 0xC2...0xDF: return isContinuation(at: index + 1) ? 2 : 0
    case 0xE0...0xEF:
      guard isContinuation(at: index + 1), isContinuation(at: index + 2) else { return 0 }
      let second = self[index + 1]
      return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3
    case 0xF0...0xF4:
      guard isContinuation(at: index + 1), isContinuation(at: index + 2), isContinuation(at: index + 3) else {
        return 0
      }
      let second = self[index + 1]
      return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4
    default: return 0
    }
  }

  /// Whether all of it is UTF-8.
  var isUTF8: Bool {
    do {
      _ = try UTF8Span(validating: self)
      return true
    } catch {
      return false
    }
  }

  /// A range as text, or nil where it is not UTF-8.
  func text(in range: Range<Int>) -> String? {
    do {
      return String(copying: try UTF8Span(validating: extracting(range)))
    } catch {
      return nil
    }
  }

  /// Whether the range begins with the word.
  @inlinable @inline(__always) package func hasPrefix(_ word: StaticString, in range: Range<Int>) -> Bool {
    word.withUTF8Buffer { word in
      guard range.count >= word.count else { return false }
      for place in 0..<word.count where self[range.lowerBound &+ place] != word[place] { return false }
      return true
    }
  }

  /// Whether these are the bytes of the text.
  @inlinable package func isSame(as text: String) -> Bool {
    guard count == text.utf8.count else { return false }
    let other = text.utf8.span
    for index in indices where self[index] != other[index] { return false }
    return true
  }

  /// Whether the range is the word, which is in small letters, without regard to case.
  @inlinable @inline(__always) package func isWord(_ word: StaticString, in range: Range<Int>) -> Bool {
    word.withUTF8Buffer { word in
      guard range.count == word.count else { return false }
      for place in 0..<word.count where self[range.lowerBound &+ place] | 0x20 != word[place] { return false }
      return true
    }
  }

  private func isContinuation(at index: Int) -> Bool { index < count && self[index] & 0xC0 == 0x80 }

  /// Eight bytes, the first of them lowest. Safe: the caller has made sure that there are eight.
  @inline(__always) private func word(at index: Int) -> UInt64 {
    // Any eight bytes are a UInt64; RawSpan checks that there are eight.
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }
}

extension [UInt8] {
  /// Appends a range of a span's bytes.
  package mutating func append(_ range: Range<Int>, of bytes: Span<UInt8>) {
    // Copied within the closure; `extracting` checks the range.
    bytes.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends the bytes of a text that stands in the program.
  package mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }
}
