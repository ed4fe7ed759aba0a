/// How a stream's response carries its events.
///
/// It is public, as `Frame` is, only because the compiler does not inline the members of a `package` type into other
/// modules.
@frozen public enum WireForm: UInt8, Sendable, CaseIterable {
  /// As they are, until the end of the connection (HTTP/1.0).
  case plain
  /// In chunks (RFC 9112, section 7.1), each of which ends with an event.
  case chunked
}
