/// The status codes that the hub answers with.
enum Status: Int, Sendable, CaseIterable {
  case ok = 200
  case noContent = 204
  case badRequest = 400
  case unauthorized = 401
  case forbidden = 403
  case notFound = 404
  case methodNotAllowed = 405
  case notAcceptable = 406
  case requestTimeout = 408
  case lengthRequired = 411
  case contentTooLarge = 413
  case uriTooLong = 414
  case unsupportedMediaType = 415
  case unprocessableContent = 422
  case tooManyRequests = 429
  case headerFieldsTooLarge = 431
  case serviceUnavailable = 503
  case insufficientStorage = 507

  var code: Int { rawValue }

  /// The status line (RFC 9112 section 4), with its end.
  var line: String {
    switch self {
    case .ok: "HTTP/1.1 200 OK\r\n"
    default: "HTTP/1.1 \(code) \(reason)\r\n"
    }
  }

  var reason: String {
    switch self {
    case .ok: "OK"
    case .noContent: "No Content"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .notAcceptable: "Not Acceptable"
    case .requestTimeout: "Request Timeout"
    case .lengthRequired: "Length Required"
    case .contentTooLarge: "Content Too Large"
    case .uriTooLong: "URI Too Long"
    case .unsupportedMediaType: "Unsupported Media Type"
    case .unprocessableContent: "Unprocessable Content"
    case .tooManyRequests: "Too Many Requests"
    case .headerFieldsTooLarge: "Request Header Fields Too Large"
    case .serviceUnavailable: "Service Unavailable"
    case .insufficientStorage: "Insufficient Storage"
    }
  }
}

/// A header field of an answer. Names and values are the hub's own, or were checked to hold no line break.
struct HeaderField: Sendable, Hashable {
  let name: String
  let value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A response, whole but for what depends on the connection it goes out on.
struct Answer: Sendable {
  var status: Status
  var headers: [HeaderField]
  var body: [UInt8]
  /// False where the content's length is not known, as of a stream: no `Content-Length` is told then.
  var hasLength = true
  /// What was wrong, where that is the answer.
  var problem: ProblemCode?

  init(_ status: Status, headers: [HeaderField] = [], contentType: String, body: [UInt8]) {
    self.status = status
    self.headers = [HeaderField("Content-Type", contentType)] + headers
    self.body = body
  }

  /// Without content.
  init(_ status: Status, headers: [HeaderField] = []) {
    self.status = status
    self.headers = headers
    body = []
  }

  static func json(_ body: [UInt8]) -> Answer {
    Answer(.ok, headers: [HeaderField("Cache-Control", "no-store")], contentType: "application/json", body: body)
  }

  /// Writes the response as HTTP/1.1 has it (RFC 9112).
  ///
  /// - Parameters:
  ///   - isHead: the request's method was HEAD: the length is told, the content is not sent.
  ///   - wall: milliseconds of the wall clock.
  func write(to output: inout [UInt8], isHead: Bool, connection: ConnectionFate, date: DateField, wall: Int64) {
    output.append(status, date: date, wall: wall)
    for header in headers { output.append(field: header.name, header.value) }
    if hasLength, status != .noContent { output.append(field: "Content-Length", String(body.count)) }
    output += "X-Content-Type-Options: nosniff\r\n".utf8
    switch connection {
    case .close: output += "Connection: close\r\n\r\n".utf8
    case .keepAsked: output += "Connection: keep-alive\r\n\r\n".utf8
    case .keep: output += "\r\n".utf8
    }
    if !isHead { output += body }
  }
}

/// What becomes of the connection after an answer.
enum ConnectionFate: Sendable, Hashable {
  case keep
  /// Kept at the wish of an HTTP/1.0 client, which has to be told so.
  case keepAsked
  case close

  var isClose: Bool { self == .close }
}

/// The head of a response.
extension [UInt8] {
  mutating func append(_ status: Status, date: DateField, wall: Int64) {
    self += status.line.utf8
    date.append(to: &self, wall: wall)
  }

  mutating func append(field name: String, _ value: String) {
    self += name.utf8
    self += ": ".utf8
    self += value.utf8
    self += "\r\n".utf8
  }
}
