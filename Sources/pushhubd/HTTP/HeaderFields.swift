import HubProtocol

/// The header fields of requests that the hub looks at.
enum FieldName: String, Sendable, CaseIterable {
  case accept
  case authorization
  case clientID = "x-client-id"
  case connection
  case contentEncoding = "content-encoding"
  case contentLength = "content-length"
  case contentType = "content-type"
  case cookie
  case expect
  case forwarded
  case forwardedFor = "x-forwarded-for"
  case forwardedProto = "x-forwarded-proto"
  case host
  case lastEventID = "last-event-id"
  case origin
  case secFetchSite = "sec-fetch-site"
  case transferEncoding = "transfer-encoding"
  case upgrade
  case userAgent = "user-agent"

  /// The field of that name, whose case does not matter; nil where the hub does not look at it.
  ///
  /// - Parameter place: where in the bytes a token (RFC 9110 section 5.6.2) stands.
  init?(_ bytes: Span<UInt8>, in place: Range<Int>) {
    switch place.count {
    case 4 where bytes.isWord("host", in: place): self = .host
    case 6 where bytes.isWord("accept", in: place): self = .accept
    case 6 where bytes.isWord("cookie", in: place): self = .cookie
    case 6 where bytes.isWord("origin", in: place): self = .origin
    case 6 where bytes.isWord("expect", in: place): self = .expect
    case 7 where bytes.isWord("upgrade", in: place): self = .upgrade
    case 9 where bytes.isWord("forwarded", in: place): self = .forwarded
    case 10 where bytes.isWord("connection", in: place): self = .connection
    case 10 where bytes.isWord("user-agent", in: place): self = .userAgent
    case 11 where bytes.isWord("x-client-id", in: place): self = .clientID
    case 12 where bytes.isWord("content-type", in: place): self = .contentType
    case 13 where bytes.isWord("authorization", in: place): self = .authorization
    case 13 where bytes.isWord("last-event-id", in: place): self = .lastEventID
    case 14 where bytes.isWord("content-length", in: place): self = .contentLength
    case 14 where bytes.isWord("sec-fetch-site", in: place): self = .secFetchSite
    case 15 where bytes.isWord("x-forwarded-for", in: place): self = .forwardedFor
    case 16 where bytes.isWord("content-encoding", in: place): self = .contentEncoding
    case 17 where bytes.isWord("transfer-encoding", in: place): self = .transferEncoding
    case 17 where bytes.isWord("x-forwarded-proto", in: place): self = .forwardedProto
    default: return nil
    }
  }
}

extension FieldName {
  /// Whether it says where the message ends. A tab beside such a value is taken for different things, so it is not
  /// passed over.
  var isFraming: Bool { self == .contentLength || self == .transferEncoding }
}

/// What a request says in those fields: its head's bytes, and where in them each value stands.
struct HeaderFields: Sendable {
  private struct Place {
    let name: FieldName
    let value: Range<Int>
  }

  private let bytes: [UInt8]
  private var places: [Place] = []

  /// - Parameter bytes: the head.
  init(in bytes: Span<UInt8>) {
    // Copied within the closure.
    self.bytes = bytes.withUnsafeBufferPointer { Array($0) }
    places.reserveCapacity(8)
  }

  /// - Parameter value: its place in the head, without blanks at either end.
  mutating func append(_ name: FieldName, value: Range<Int>) { places.append(Place(name: name, value: value)) }

  /// The values of a field, in their order. What is not UTF-8 becomes the replacement character.
  subscript(name: FieldName) -> [String] { places.filter { $0.name == name }.map { text(in: $0.value) } }

  func first(_ name: FieldName) -> String? { places.first { $0.name == name }.map { text(in: $0.value) } }

  func has(_ name: FieldName) -> Bool { places.contains { $0.name == name } }

  private func text(in range: Range<Int>) -> String {
    bytes.span.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
