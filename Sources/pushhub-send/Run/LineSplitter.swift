/// Cuts a stream of bytes, given in any pieces, into lines.
///
/// Lines end in LF, and a CR before it is dropped. Of a line that is longer than the limit nothing is kept but the fact.
struct LineSplitter {
  enum Line: Equatable {
    case complete([UInt8])
    case tooLong
  }

  let maxLineBytes: Int
  private var waiting = ByteQueue()
  /// How many of the waiting bytes are known to hold no LF.
  private var searched = 0
  private var isSkipping = false

  init(maxLineBytes: Int) { self.maxLineBytes = maxLineBytes }

  mutating func append(_ bytes: some Collection<UInt8>) { waiting.append(bytes) }

  /// Ends the last line, if bytes without an LF are left.
  mutating func end() {
    if isSkipping || !waiting.isEmpty && waiting.bytes.last != Self.lineFeed { waiting.append([Self.lineFeed]) }
  }

  /// The next whole line, or nil until more bytes are there.
  mutating func next() -> Line? {
    let bytes = waiting.bytes
    guard let end = bytes.dropFirst(searched).firstIndex(of: Self.lineFeed) else {
      searched = bytes.count
      skipIfTooLong()
      return nil
    }
    var line = bytes[..<end]
    let length = line.count
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let result: Line = isSkipping || length > maxLineBytes ? .tooLong : .complete(Array(line))
    waiting.removeFirst(length + 1)
    searched = 0
    isSkipping = false
    return result
  }

  private static let lineFeed = UInt8(ascii: "\n")

  private mutating func skipIfTooLong() {
    guard isSkipping || waiting.count > maxLineBytes else { return }
    isSkipping = true
    waiting.removeFirst(waiting.count)
    searched = 0
  }
}
