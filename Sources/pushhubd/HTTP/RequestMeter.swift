/// Measures what a connection sends of one request, before any of it is parsed: how large and how slow it may be, and
/// where the bytes of the request end, so that the parser is never given more than the request that it is at. (Behind
/// chunks, whose end only the parser knows, it may be.)
struct RequestMeter {
  /// Framing that chunked content may carry beside eight times its own size: no one needs more than that, and an
  /// endless chunk extension costs time.
  static let maxChunkOverhead = 16 << 10

  enum Refusal: Hashable { case targetTooLong, headerTooLarge, overheadTooLarge }

  enum Portion: Hashable {
    /// So many bytes are next for the parser.
    case feed(Int)
    case refuse(Refusal)
  }

  private enum Phase {
    /// At the head, of which so many bytes came; 0: no request has begun.
    case head(Int)
    /// So many bytes of content are still to come.
    case sized(Int)
    case chunked(wireBytes: Int, contentBytes: Int)
  }

  /// To be changed between two requests only.
  var maxHeaderBytes: Int
  private var phase = Phase.head(0)
  /// How many bytes of `\r\n\r\n`, which ends the head, the last bytes were.
  private var matched = 0
  private var hasText = false
  private var hasLine = false

  init(maxHeaderBytes: Int) { self.maxHeaderBytes = maxHeaderBytes }

  /// Whether no byte of a request has come.
  var isIdle: Bool { if case .head(0) = phase { true } else { false } }

  /// How much of what is there goes to the parser next. Not to be asked about no bytes.
  /// The bytes are looked at, none is kept.
  mutating func portion(of bytes: UnsafeRawBufferPointer) -> Portion {
    switch phase {
    case .head(let count):
      let room = maxHeaderBytes - count
      guard room > 0 else { return .refuse(hasLine ? .headerTooLarge : .targetTooLong) }
      let portion = scanHead(bytes.prefix(room))
      phase = .head(count + portion)
      return .feed(portion)
    case .sized(let rest):
      let portion = min(rest, bytes.count)
      phase = .sized(rest - portion)
      return .feed(portion)
    case .chunked(let wireBytes, let contentBytes):
      let overhead = wireBytes - contentBytes
      guard overhead <= Self.maxChunkOverhead + 8 * contentBytes else { return .refuse(.overheadTooLarge) }
      phase = .chunked(wireBytes: wireBytes + bytes.count, contentBytes: contentBytes)
      return .feed(bytes.count)
    }
  }

  /// The parser has the whole head.
  mutating func headEnded(content: RequestHead.Content) {
    switch content {
    case .none: phase = .sized(0)
    case .length(let length): phase = .sized(length)
    case .chunked: phase = .chunked(wireBytes: 0, contentBytes: 0)
    }
  }

  /// The parser has taken so many bytes of content out of the chunks.
  mutating func received(contentBytes count: Int) {
    guard case .chunked(let wireBytes, let contentBytes) = phase else { return }
    phase = .chunked(wireBytes: wireBytes, contentBytes: contentBytes + count)
  }

  /// The request is complete; another may follow.
  mutating func requestEnded() {
    phase = .head(0)
    (matched, hasText, hasLine) = (0, false, false)
  }

  /// The number of bytes up to the empty line that ends the head, or of all.
  private mutating func scanHead(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    // In registers meanwhile, as this is done for each byte.
    var (matched, hasText, hasLine) = (matched, hasText, hasLine)
    defer { (self.matched, self.hasText, self.hasLine) = (matched, hasText, hasLine) }
    for index in 0..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\r"):
        matched = matched == 2 ? 3 : 1
      case UInt8(ascii: "\n"):
        hasLine = hasLine || hasText
        matched = matched == 1 ? 2 : matched == 3 ? 4 : 0
        guard matched < 4 else {
          matched = 0
          return index + 1
        }
      default:
        hasText = true
        matched = 0
      }
    }
    return bytes.count
  }
}
