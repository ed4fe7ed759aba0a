import HubCore
import HubProtocol

/// Looks for the end of a request's head (RFC 9112 section 2.1) in bytes that grow: each is looked at once.
///
/// Lines end with CR LF; a bare LF is refused as soon as it is seen, and so is what cannot become a method. Empty lines
/// before the request line are passed over (section 2.2).
struct HeadScan {
  enum Outcome: Hashable {
    /// The head has so many bytes, the empty line included.
    case end(Int)
    case incomplete
    case malformed
  }

  private var next = 0
  private var lineStart = 0
  /// Where the request line begins.
  private(set) var start = 0
  /// Whether the request line is complete.
  private(set) var hasLine = false

  /// - Parameter bytes: those of the last call, and more.
  mutating func findEnd(in bytes: Span<UInt8>) -> Outcome {
    while next < bytes.count {
      let feed = bytes.index(of: UInt8(ascii: "\n"), in: next..<bytes.count)
      guard feed < bytes.count else {
        next = feed
        break
      }
      guard feed > lineStart, bytes[feed - 1] == UInt8(ascii: "\r") else { return .malformed }
      let isEmpty = feed - 1 == lineStart
      lineStart = feed + 1
      next = lineStart
      if !isEmpty {
        hasLine = true
      } else if hasLine {
        return .end(lineStart)
      } else {
        start = lineStart
      }
    }
    return mayBecomeMethod(bytes) ? .incomplete : .malformed
  }

  /// Whether what is there begins with a method, or with a part of one.
  private func mayBecomeMethod(_ bytes: Span<UInt8>) -> Bool {
    for index in start..<bytes.count {
      if bytes[index] == UInt8(ascii: " ") { return index > start }
      let isEmptyLine = bytes[index] == UInt8(ascii: "\r") && index == start && index + 1 == bytes.count
      guard Method.isByte(bytes[index]) && index - start < Method.maxBytes || isEmptyLine else { return false }
    }
    return true
  }
}
