import HubCore
import HubProtocol

/// Reads requests (RFC 9112) from bytes as they come, however they are cut. It holds no more than a head's limit of them,
/// and each byte is looked at once.
struct HTTP1Reader {
  enum Event {
    /// What is there is read; more is needed.
    case needsMore
    case head(RequestHead)
    /// Bytes of the request's content, by their place in the input.
    case content(Range<Int>)
    /// The request is complete; another may follow.
    case end
    /// Nothing behind this can be read. The head is there where only what it says is wrong.
    case refused(Problem, RawHead?)
  }

  private enum State {
    case head(HeadScan)
    /// So many bytes of content are still to come.
    case content(Int)
    case chunks(ChunkReader)
    case failed(Problem)
  }

  /// The most bytes of a request line and its fields together; to be changed between two requests only.
  var maxHeadBytes: Int
  private var state = State.head(HeadScan())
  /// What has come of a head.
  private var kept: [UInt8] = []

  init(maxHeadBytes: Int) { self.maxHeadBytes = maxHeadBytes }

  /// Whether no byte of a request has come.
  var isIdle: Bool { if case .head = state { kept.isEmpty } else { false } }

  /// The next of what the input holds from a position on, which moves behind what was read.
  mutating func next(_ input: Span<UInt8>, from position: inout Int) -> Event {
    switch state {
    case .head(var scan):
      let event = readHead(input, &position, &scan)
      if case .needsMore = event { state = .head(scan) }
      return event
    case .content(0): return endRequest()
    case .content(let rest):
      let end = min(position + rest, input.count)
      guard end > position else { return .needsMore }
      defer { position = end }
      state = .content(rest - (end - position))
      return .content(position..<end)
    case .chunks(var chunks):
      defer { if case .chunks = state { state = .chunks(chunks) } }
      switch chunks.next(input, from: &position) {
      case .needsMore: return .needsMore
      case .content(let range): return .content(range)
      case .end: return endRequest()
      case .malformed: return refuse(Self.malformed)
      case .overheadTooLarge: return refuse(Problem(.malformedRequest, "The body's chunks carry too little."))
      }
    case .failed(let problem): return .refused(problem, nil)
    }
  }

  private mutating func endRequest() -> Event {
    state = .head(HeadScan())
    return .end
  }

  private mutating func refuse(_ problem: Problem, _ head: RawHead? = nil) -> Event {
    state = .failed(problem)
    kept = []
    return .refused(problem, head)
  }

  // MARK: - The head

  private mutating func readHead(_ input: Span<UInt8>, _ position: inout Int, _ scan: inout HeadScan) -> Event {
    guard position < input.count else { return .needsMore }
    if kept.isEmpty {
      let bytes = input.extracting(position..<input.count)
      switch findEnd(in: bytes, &scan) {
      case .end(let count):
        position += count
        return parse(bytes.extracting(scan.start..<count))
      case .incomplete:
        kept.append(position..<input.count, of: input)
        position = input.count
        return .needsMore
      case .malformed: return refuse(Self.malformed)
      case nil: return refuse(tooLong(scan))
      }
    }
    let before = kept.count
    let end = min(input.count, position + maxHeadBytes + 1 - before)
    kept.append(position..<end, of: input)
    position = end
    let found = findEnd(in: kept.span, &scan)
    switch found {
    case .end(let count):
      position -= kept.count - count
      let head = kept
      kept = []
      return parse(head.span.extracting(scan.start..<count))
    case .incomplete: return .needsMore
    case .malformed: return refuse(Self.malformed)
    case nil: return refuse(tooLong(scan))
    }
  }

  /// Nil where the head is longer than it may be.
  private func findEnd(in bytes: Span<UInt8>, _ scan: inout HeadScan) -> HeadScan.Outcome? {
    let outcome = scan.findEnd(in: bytes.extracting(first: min(bytes.count, maxHeadBytes)))
    return outcome == .incomplete && bytes.count > maxHeadBytes ? nil : outcome
  }

  private mutating func parse(_ bytes: Span<UInt8>) -> Event {
    let raw: RawHead
    do throws(RawHead.Fault) {
      raw = try RawHead(bytes)
    } catch {
      switch error {
      case .malformed: return refuse(Self.malformed)
      case .tooManyFields: return refuse(Self.tooManyFields)
      }
    }
    do throws(Problem) {
      let head = try RequestHead(raw)
      state =
        switch head.content {
        case .none: .content(0)
        case .length(let length): .content(length)
        case .chunked: .chunks(ChunkReader())
        }
      return .head(head)
    } catch { return refuse(error, raw) }
  }

  private func tooLong(_ scan: HeadScan) -> Problem {
    scan.hasLine
      ? Problem(.headerTooLarge, "The request's head is longer than \(maxHeadBytes) bytes.")
      : Problem(.targetTooLong, "The request line is longer than \(maxHeadBytes) bytes.")
  }

  private static let malformed = Problem(.malformedRequest, "The request is not HTTP/1.1 as RFC 9112 has it.")
  private static let tooManyFields = Problem(
    .headerTooLarge, "The request has more than \(RawHead.maxFields) header fields.")
}
