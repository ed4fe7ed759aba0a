import HubCore
import HubProtocol

/// What can be wrong with a request: the member `code` of every error answer. docs/http.md lists them.
enum ProblemCode: String, CaseIterable, Sendable {
  case malformedRequest = "malformed-request"
  case badJSON = "bad-json"
  case badMember = "bad-member"
  case unknownMember = "unknown-member"
  case badEvent = "bad-event"
  case reservedEvent = "reserved-event"
  case badTopic = "bad-topic"
  case tooManyTopics = "too-many-topics"
  case missingToken = "missing-token"
  case invalidToken = "invalid-token"
  case insufficientScope = "insufficient-scope"
  case topicNotGranted = "topic-not-granted"
  case userBlocked = "user-blocked"
  case originNotAllowed = "origin-not-allowed"
  case notFound = "not-found"
  case unknownConnection = "unknown-connection"
  case presenceNotKept = "presence-not-kept"
  case methodNotAllowed = "method-not-allowed"
  case notAcceptable = "not-acceptable"
  case requestTimeout = "request-timeout"
  case lengthRequired = "length-required"
  case bodyTooLarge = "body-too-large"
  case targetTooLong = "target-too-long"
  case unsupportedMediaType = "unsupported-media-type"
  case unsupportedEncoding = "unsupported-encoding"
  case keyReused = "key-reused"
  case tooManyKeys = "too-many-keys"
  case rateLimited = "rate-limited"
  case tooManyConnections = "too-many-connections"
  case headerTooLarge = "header-too-large"
  case tooManyValues = "too-many-values"
  case tooManyRevocations = "too-many-revocations"
  case hubFull = "hub-full"
  case overloaded
  case draining

  var status: Status {
    switch self {
    case .malformedRequest, .badJSON, .badMember, .unknownMember, .badEvent, .reservedEvent, .badTopic,
      .tooManyTopics:
      .badRequest
    case .missingToken, .invalidToken: .unauthorized
    case .insufficientScope, .topicNotGranted, .userBlocked, .originNotAllowed: .forbidden
    case .notFound, .unknownConnection, .presenceNotKept: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .notAcceptable: .notAcceptable
    case .requestTimeout: .requestTimeout
    case .lengthRequired: .lengthRequired
    case .bodyTooLarge: .contentTooLarge
    case .targetTooLong: .uriTooLong
    case .unsupportedMediaType, .unsupportedEncoding: .unsupportedMediaType
    case .keyReused: .unprocessableContent
    case .tooManyKeys, .rateLimited, .tooManyConnections: .tooManyRequests
    case .headerTooLarge: .headerFieldsTooLarge
    case .tooManyValues, .tooManyRevocations: .insufficientStorage
    case .hubFull, .overloaded, .draining: .serviceUnavailable
    }
  }
}

/// A refusal, to be answered as `application/problem+json` (RFC 9457).
struct Problem: Error, Sendable {
  /// Seconds that a client is asked to wait when the hub has no better figure.
  static let retryAfter = 5

  let code: ProblemCode
  /// One sentence for a person; it repeats nothing secret.
  let detail: String
  private(set) var headers: [HeaderField] = []

  init(_ code: ProblemCode, _ detail: String) {
    self.code = code
    self.detail = detail
    if code.status == .serviceUnavailable { headers = [HeaderField("Retry-After", String(Self.retryAfter))] }
  }

  var answer: Answer {
    let body = JSONText.object { text in
      text.member("type", "about:blank")
      text.member("title", code.status.reason)
      text.member("status", code.status.code)
      text.member("detail", detail)
      text.member("code", code.rawValue)
    }
    var answer = Answer(code.status, headers: headers, contentType: "application/problem+json", body: body)
    answer.problem = code
    return answer
  }

  private func with(_ name: String, _ value: String) -> Problem {
    var problem = self
    problem.headers.append(HeaderField(name, value))
    return problem
  }
}

extension Problem {
  static let keyReused = Problem(
    .keyReused, "This key was used before, for another target, type or data. Take a new key for a new event.")
  /// RFC 9110 section 15.5.16: the field says what would be right.
  static let unsupportedEncoding = Problem(.unsupportedEncoding, "The body must not be compressed (Content-Encoding).")
    .with("Accept-Encoding", "identity")
  static let notJSON = Problem(.unsupportedMediaType, "The body's Content-Type must be application/json.")
  static func badTopic(_ text: String) -> Problem {
    Problem(
      .badTopic,
      "“\(text.prefix(utf8Bytes: 64))” is no topic: a name is 1 to 128 bytes without control characters and outer blanks, "
        + "and neither * nor a pattern that ends in /*.")
  }

  static let tooManyValues = Problem(
    .tooManyValues, "As many values are held as may be (history.max-values, history.max-value-bytes).")

  static func tooManyTopics(_ limit: Int) -> Problem {
    Problem(.tooManyTopics, "More topics than the \(limit) that are allowed.")
  }

  static func topicNotGranted(_ topic: TopicName) -> Problem {
    Problem(.topicNotGranted, "The token does not grant the topic \(topic.text).")
  }

  static func presenceNotKept(_ topic: TopicName) -> Problem {
    Problem(.presenceNotKept, "Who is present on \(topic.text) is not kept: presence.topics does not name it.")
  }

  static let notFound = Problem(.notFound, "There is nothing at this path.")
  static let overloaded = Problem(.overloaded, "More events are waiting than the hub may hold. Try again.")
  static let draining = Problem(.draining, "The hub is stopping. Try again.")
  static let hubFull = Problem(.hubFull, "The hub holds as many connections as it may. Try again later.")

  /// RFC 6750 section 3.1: no error code where the request shows no token at all.
  static let missingToken = Problem(.missingToken, "This needs a token: Authorization: Bearer …")
    .with("WWW-Authenticate", "Bearer")

  /// - Parameter reason: why the token is refused, without quotes or anything of the token itself.
  static func invalidToken(_ reason: String) -> Problem {
    let quotable = String(
      decoding: reason.utf8.map { $0 < 0x20 || $0 > 0x7E || $0 == 0x22 || $0 == 0x5C ? 0x27 : $0 },
      as: UTF8.self)
    return Problem(.invalidToken, reason)
      .with("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"\(quotable)\"")
  }

  /// - Parameter before: the second since 1970 before which it was issued.
  static func revokedToken(before: UInt32) -> Problem {
    invalidToken("The token was revoked at \(timestamp(wall: Int64(before) * 1000)): it was issued before")
  }

  static let userBlocked = Problem(.userBlocked, "The user of this token is blocked.")
  static let tooManyRevocations = Problem(
    .tooManyRevocations, "As many users are revoked or blocked as may be (limits.revocations).")

  static func insufficientScope(_ scope: Scopes) -> Problem {
    let scope = Scopes.names.first { $0.scope == scope }?.name ?? ""
    return Problem(.insufficientScope, "The token lacks the scope \(scope).")
      .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"\(scope)\"")
  }

  static func methodNotAllowed(_ allowed: String) -> Problem {
    Problem(.methodNotAllowed, "This path takes \(allowed).").with("Allow", allowed)
  }

  static func rateLimited(retryAfter seconds: Int64) -> Problem {
    Problem(.rateLimited, "This token's subject sends requests too fast.").with("Retry-After", String(seconds))
  }

  static func tooManyKeys(retryAfter milliseconds: Int64) -> Problem {
    Problem(.tooManyKeys, "As many keys are remembered as may be, a quarter of them for one user. Try again later.")
      .with("Retry-After", String((milliseconds + 999) / 1000))
  }

  static let tooManyConnections = Problem(.tooManyConnections, "This user has as many connections as allowed.")
    .with("Retry-After", "30")
}
