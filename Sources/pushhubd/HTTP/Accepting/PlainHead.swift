import NIOHTTP1

/// Reads the head of a request that has no content, in the form that browsers and proxies send: `GET`, a path, HTTP/1.1,
/// fields of visible ASCII, and nothing behind the empty line (RFC 9112 sections 2 – 5).
///
/// It says nothing about any other request: not that it is wrong, nor where it ends. What it reads, the HTTP library's
/// parser reads the same way; a test holds them against each other.
struct PlainHead {
  private static let maxFields = 64
  /// Fields that say how the message goes on, or what becomes of the connection.
  private static let refused = [
    "content-length", "transfer-encoding", "upgrade", "expect", "te", "trailer", "proxy-connection",
  ]

  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  private var hasConnection = false

  /// Nil for every request that is not of this form. Of the bytes nothing is kept.
  static func parse(_ bytes: UnsafeRawBufferPointer) -> HTTPRequestHead? {
    var reader = PlainHead(bytes)
    return reader.head()
  }

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private mutating func head() -> HTTPRequestHead? {
    guard skip("GET ") else { return nil }
    let target = text(while: isTargetByte)
    guard target.utf8.first == UInt8(ascii: "/"), skip(" HTTP/1.1\r\n") else { return nil }
    var fields: [(String, String)] = []
    fields.reserveCapacity(16)
    while !skip("\r\n") {
      guard fields.count < Self.maxFields, let field = field() else { return nil }
      fields.append(field)
    }
    guard index == bytes.count else { return nil }
    return HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: HTTPHeaders(fields))
  }

  private mutating func field() -> (name: String, value: String)? {
    let name = text(while: isTokenByte)
    guard !name.isEmpty, !Self.refused.contains(where: { $0.isWord(name) }), skip(":") else { return nil }
    while skip(" ") {}
    let value = text(while: isValueByte)
    guard value.utf8.last != UInt8(ascii: " "), skip("\r\n") else { return nil }
    if "connection".isWord(name) {
      // What it means twice, or with other options, is read in different ways.
      guard !hasConnection, "keep-alive".isWord(value) || "close".isWord(value) else { return nil }
      hasConnection = true
    }
    return (name, value)
  }

  // MARK: - Bytes

  private mutating func skip(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard bytes.count - index >= count else { return false }
    for offset in 0..<count where bytes[index + offset] != literal.utf8Start[offset] { return false }
    index += count
    return true
  }

  /// The bytes from here on that are of a kind, which must be one of ASCII.
  private mutating func text(while isAllowed: (UInt8) -> Bool) -> String {
    let start = index
    while index < bytes.count, isAllowed(bytes[index]) { index += 1 }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
  }

  private func isTargetByte(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }

  private func isValueByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

  /// RFC 9110 section 5.6.2.
  private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: "!#$%&'*+.^_`|~".utf8.contains(byte)
    }
  }
}

extension String {
  /// Whether a text is this word, which is in small letters, without regard to case.
  fileprivate func isWord(_ text: String) -> Bool { utf8.count == text.utf8.count && self == text.lowercased() }
}
