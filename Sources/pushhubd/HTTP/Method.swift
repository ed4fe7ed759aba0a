import HubProtocol

/// A request's method (RFC 9110 section 9).
enum Method: Hashable, Sendable {
  case get, head, post, options
  /// One that no endpoint takes.
  case other

  /// Those of RFC 9110 section 9, of PATCH (RFC 5789) and of WebDAV (RFC 4918): a client that uses them is told that they
  /// are not allowed here.
  private static let others = [
    "PUT", "DELETE", "PATCH", "CONNECT", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
  ]

  /// None of them is longer.
  static let maxBytes = 9

  /// Nil for all that is no method, or none that anybody would try here. A method's case counts.
  init?(_ text: Span<UInt8>) {
    if text.isSame(as: "GET") {
      self = .get
    } else if text.isSame(as: "POST") {
      self = .post
    } else if text.isSame(as: "HEAD") {
      self = .head
    } else if text.isSame(as: "OPTIONS") {
      self = .options
    } else {
      for name in Self.others where text.isSame(as: name) {
        self = .other
        return
      }
      return nil
    }
  }

  /// Whether a method can hold the byte.
  static func isByte(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
