import HubCore
import HubProtocol

/// Takes chunks apart (RFC 9112 section 7.1), however they are cut. Extensions and trailers are checked and passed over.
struct ChunkReader {
  enum Event {
    case needsMore
    /// Bytes of a chunk, by their place in the input.
    case content(Range<Int>)
    case end
    case malformed
    /// The chunks carry next to nothing.
    case overheadTooLarge
  }

  /// Framing that content may carry beside eight times its own size: no one needs more than that, and an endless
  /// extension costs time.
  static let maxOverhead = 16 << 10
  private static let maxSizeDigits = 15

  private enum State {
    case size(digits: Int)
    /// Behind the semicolon of an extension: its name, of which so much has come.
    case extensionName(isEmpty: Bool)
    /// Behind the equals sign.
    case extensionStart
    case extensionToken
    case extensionString
    /// Behind a backslash in there.
    case extensionPair
    case extensionEnd
    case feedOfSize
    case data
    /// At the CR LF behind a chunk's bytes.
    case returnOfData
    case feedOfData
    /// At the beginning of a trailer, or of the empty line behind the last.
    case trailer
    case trailerName
    case trailerValue
    case feedOfTrailer
    case feedOfEnd
    case end
  }

  private var state = State.size(digits: 0)
  /// What is still to come of the chunk.
  private var rest = 0
  private var overhead = 0
  private var contentBytes = 0

  mutating func next(_ input: Span<UInt8>, from position: inout Int) -> Event {
    while position < input.count {
      if case .data = state { return .content(take(from: input, &position)) }
      guard let next = state(after: input[position]) else { return .malformed }
      state = next
      position += 1
      overhead += 1
      guard overhead <= Self.maxOverhead + 8 * contentBytes else { return .overheadTooLarge }
      if case .end = state { return .end }
    }
    return .needsMore
  }

  private mutating func take(from input: Span<UInt8>, _ position: inout Int) -> Range<Int> {
    let range = position..<min(position + rest, input.count)
    position = range.upperBound
    rest -= range.count
    contentBytes += range.count
    if rest == 0 { state = .returnOfData }
    return range
  }

  /// Where a byte of framing leads; nil where none may be.
  private mutating func state(after byte: UInt8) -> State? {
    let (isReturn, isFeed) = (byte == UInt8(ascii: "\r"), byte == UInt8(ascii: "\n"))
    switch state {
    case .size(let digits):
      if let digit = byte.hexDigit {
        guard digits < Self.maxSizeDigits else { return nil }
        rest = rest << 4 | Int(digit)
        return .size(digits: digits + 1)
      }
      guard digits > 0 else { return nil }
      return endOfSize(byte)
    case .extensionName(let isEmpty):
      if byte.isTokenByte { return .extensionName(isEmpty: false) }
      guard !isEmpty else { return nil }
      return byte == UInt8(ascii: "=") ? .extensionStart : endOfSize(byte)
    case .extensionStart:
      return byte == UInt8(ascii: "\"") ? .extensionString : byte.isTokenByte ? .extensionToken : nil
    case .extensionToken: return byte.isTokenByte ? .extensionToken : endOfSize(byte)
    case .extensionString:
      if byte == UInt8(ascii: "\"") { return .extensionEnd }
      return byte == UInt8(ascii: "\\") ? .extensionPair : byte.isTextByte ? .extensionString : nil
    case .extensionPair: return byte.isTextByte ? .extensionString : nil
    case .extensionEnd: return endOfSize(byte)
    case .feedOfSize: return isFeed ? (rest > 0 ? .data : .trailer) : nil
    case .returnOfData: return isReturn ? .feedOfData : nil
    case .feedOfData: return isFeed ? .size(digits: 0) : nil
    case .trailer: return isReturn ? .feedOfEnd : byte.isTokenByte ? .trailerName : nil
    case .trailerName: return byte == UInt8(ascii: ":") ? .trailerValue : byte.isTokenByte ? .trailerName : nil
    case .trailerValue: return isReturn ? .feedOfTrailer : byte.isTextByte ? .trailerValue : nil
    case .feedOfTrailer: return isFeed ? .trailer : nil
    case .feedOfEnd: return isFeed ? .end : nil
    case .data, .end: return nil
    }
  }

  /// Behind a size, or an extension, that may be complete.
  private func endOfSize(_ byte: UInt8) -> State? {
    switch byte {
    case UInt8(ascii: "\r"): .feedOfSize
    case UInt8(ascii: ";"): .extensionName(isEmpty: true)
    default: nil
    }
  }
}
