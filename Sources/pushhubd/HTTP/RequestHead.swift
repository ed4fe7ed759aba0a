/// A request's head that passed what RFC 9112 asks of every request, and what keeps two parsers from reading one
/// stream of bytes differently.
struct RequestHead: Sendable {
  /// How much content follows.
  enum Content: Sendable, Hashable {
    /// Neither a length nor chunks were announced.
    case none
    case length(Int)
    case chunked

    var isExpected: Bool { self != .none && self != .length(0) }
  }

  let method: Method
  let target: RequestTarget
  let content: Content
  let fields: HeaderFields
  /// HTTP/1.1; else HTTP/1.0, which knows no chunks.
  let isModern: Bool
  private let keepsAlive: Bool

  init(_ head: RawHead) throws(Problem) {
    (method, fields, isModern) = (head.method, head.fields, head.isModern)
    guard let target = RequestTarget(head.target) else {
      throw Problem(.malformedRequest, "The request's target is no path, or not percent-encoded UTF-8.")
    }
    self.target = target
    try Self.checkHost(in: fields, isModern: isModern)
    content = try Self.content(of: fields, isModern: isModern)
    // What follows an upgrade would not be HTTP/1.1 any more, so the connection ends with the answer.
    keepsAlive = Self.asksToKeep(fields, isModern: isModern) && !fields.has(.upgrade)
  }

  var fate: ConnectionFate {
    guard keepsAlive else { return .close }
    return isModern ? .keep : .keepAsked
  }

  /// The client waits for a word before it sends its content (RFC 9110 section 10.1.1).
  var expectsContinue: Bool {
    isModern && content.isExpected && fields[.expect].contains { $0.lowercased() == "100-continue" }
  }

  /// The value of a field that may occur once; throws where it occurs more often.
  func single(_ name: FieldName) throws(Problem) -> String? {
    let values = fields[name]
    guard values.count <= 1 else {
      throw Problem(.malformedRequest, "The field \(name.rawValue) occurs more than once.")
    }
    return values.first
  }

  /// The host that the client addressed.
  var authority: String { target.authority ?? fields.first(.host) ?? "" }

  /// RFC 9112 section 9.3.
  private static func asksToKeep(_ fields: HeaderFields, isModern: Bool) -> Bool {
    let options = fields[.connection].flatMap { $0.split(separator: ",") }.map { option in
      option.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
    return !options.contains("close") && (isModern || options.contains("keep-alive"))
  }

  private static func checkHost(in fields: HeaderFields, isModern: Bool) throws(Problem) {
    let hosts = fields[.host]
    guard hosts.count == 1 || (hosts.isEmpty && !isModern) else {
      throw Problem(.malformedRequest, "A request needs exactly one field Host.")
    }
    guard hosts.allSatisfy({ $0.utf8.allSatisfy(isHostByte) }) else {
      throw Problem(.malformedRequest, "The field Host is no host.")
    }
  }

  /// The characters of `uri-host [ ":" port ]` (RFC 3986 section 3.2.2).
  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"):
      true
    default: "_~%!$&'()*+;=[]".utf8.contains(byte)
    }
  }

  /// RFC 9112 section 6: a length or chunks, never both, and each said once.
  private static func content(of fields: HeaderFields, isModern: Bool) throws(Problem) -> Content {
    let lengths = fields[.contentLength]
    let codings = fields[.transferEncoding]
    guard codings.isEmpty || lengths.isEmpty else {
      throw Problem(.malformedRequest, "Content-Length and Transfer-Encoding exclude each other.")
    }
    if !codings.isEmpty {
      guard codings.count == 1, codings[0].lowercased() == "chunked", isModern else {
        throw Problem(.malformedRequest, "The only transfer coding is chunked, and only in HTTP/1.1.")
      }
      return .chunked
    }
    guard let length = lengths.first else { return .none }
    let isNumber = !length.isEmpty && length.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard lengths.count == 1, isNumber, let value = Int(length) else {
      throw Problem(.malformedRequest, "Content-Length is not one number.")
    }
    return .length(value)
  }
}
