import HubCore
import HubProtocol

/// A stream that the hub has admitted.
struct OpenedStream: Sendable {
  let stream: StreamRef
  /// The first bytes of its content, `open` and `welcome`, to go out in one write with the head.
  let preamble: [UInt8]

  private static let fields = API.streamHeaders.map { "\($0.name): \($0.value)\r\n" }.joined()

  /// Writes its response up to there. HTTP/1.0 knows no chunks: there the connection's end is the stream's.
  ///
  /// - Parameter headers: beside those of every stream.
  func write(to output: inout [UInt8], headers: [HeaderField], isChunked: Bool, date: DateField, wall: Int64) {
    output.append(.ok, date: date, wall: wall)
    output += Self.fields.utf8
    for header in headers { output.append(field: header.name, header.value) }
    output += (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Connection: close\r\n\r\n").utf8
    output += preamble
  }
}

extension API {
  static let streamHeaders = [
    HeaderField("Content-Type", "text/event-stream; charset=utf-8"),
    HeaderField("Cache-Control", "no-store, no-transform"),
    HeaderField("Expires", "0"),
    HeaderField("X-Accel-Buffering", "no"),
  ]
  /// More of a `User-Agent` is not kept with a connection.
  private static let maxUserAgentBytes = 256

  func connect(_ request: Admitted, from client: Client, now: Moment) throws(Problem) -> Outcome {
    guard let caller = request.caller else { throw Problem.missingToken }
    let head = request.head
    try Self.checkParameters(of: head.target, known: Self.parameters)
    guard client.hasRoom else { throw Problem.hubFull }
    let connection = ConnectionRequest(
      id: hub.randomConnectionID(), user: caller.user, client: try clientID(of: head),
      lastEventID: try lastEventID(of: head), topics: try topics(of: head.target, for: caller),
      fromStart: try isSet("from", to: "start", of: head.target),
      skipsGap: try isSet("gap", to: "skip", of: head.target),
      tokenExpiresAt: caller.expiresAt, tokenIssuedAt: caller.issueSecond,
      remoteAddress: remoteAddress(of: head, from: client),
      userAgent: head.fields.first(.userAgent).map { $0.prefix(utf8Bytes: Self.maxUserAgentBytes) },
      form: head.isModern ? .chunked : .plain, shard: client.shard, socket: client.descriptor)
    if head.method == .head {
      if let refusal = hub.manager.refusal(of: connection) { return try outcome(of: refusal, for: connection) }
      var answer = Answer(.ok, headers: Self.streamHeaders)
      answer.hasLength = false
      return .answer(answer)
    }
    return try outcome(of: hub.manager.createConnection(connection, now: now), for: connection)
  }

  private func remoteAddress(of head: RequestHead, from client: Client) -> RemoteAddress {
    let rules = hub.rules
    let forwarding = forwarding(of: head, from: client, rules: rules)
    return forwarding?.client(trusting: rules.settings.http.trustedProxies) ?? client.address.remoteAddress
  }

  private func outcome(
    of admission: HubCore.Admission, for connection: ConnectionRequest
  ) throws(Problem) -> Outcome {
    switch admission {
    case .opened(let opening):
      hub.happened(.streamOpened(connection))
      for departure in opening.replaced { hub.happened(.streamClosed(departure)) }
      return .stream(OpenedStream(stream: opening.stream, preamble: opening.preamble))
    case .closedForGood: return .answer(Answer(.noContent))
    case .tokenRefused(let verdict): throw refused(connection, problem(of: verdict))
    case .userLimitReached: throw refused(connection, Problem.tooManyConnections)
    case .full: throw refused(connection, Problem.hubFull)
    case .draining: throw refused(connection, Problem.draining)
    }
  }

  private func refused(_ connection: ConnectionRequest, _ problem: Problem) -> Problem {
    hub.happened(.streamRefused(connection, problem.code))
    return problem
  }

  private func clientID(of head: RequestHead) throws(Problem) -> ClientID? {
    let query = try head.target.parameter("clientId")
    let header = try head.single(.clientID)
    guard let text = query ?? header, !text.isEmpty else { return nil }
    // Bytes of a header field that are not UTF-8 have become the replacement character, which would merge clients.
    guard let client = ClientID(text), !text.unicodeScalars.contains("\u{FFFD}") else {
      throw Problem(.malformedRequest, "A client id is at most 128 bytes of UTF-8 without control characters.")
    }
    return client
  }

  /// The header wins over the query, which stands in where a client cannot set headers.
  private func lastEventID(of head: RequestHead) throws(Problem) -> LastEventID {
    if let header = try head.single(.lastEventID), !header.isEmpty { return LastEventID(header) }
    for name in Self.positionParameters {
      if let query = try head.target.parameter(name), !query.isEmpty { return LastEventID(query) }
    }
    return .none
  }

  /// As hubs call it.
  private static let positionParameters = ["lastEventId", "last_event_id", "lastEventID"]
  private static let parameters = ["clientId", "topic", "from", "gap"] + positionParameters

  /// The topics that the query asks for, each once; a token that does not grant one of them opens no stream.
  private func topics(of target: RequestTarget, for caller: Principal) throws(Problem) -> [TopicName] {
    let limit = hub.rules.settings.limits.topicsPerConnection
    var topics: [TopicName] = []
    for text in try target.parameters("topic") {
      guard let topic = TopicName(text) else { throw Problem.badTopic(text) }
      if topics.contains(topic) { continue }
      // Their number is looked at first: each is compared with what the token grants.
      guard topics.count < limit else { throw Problem.tooManyTopics(limit) }
      guard caller.topics.grants(topic) else { throw Problem.topicNotGranted(topic) }
      topics.append(topic)
    }
    return topics
  }

  /// Whether a parameter has the one value that it may have.
  private func isSet(_ name: String, to value: String, of target: RequestTarget) throws(Problem) -> Bool {
    guard let text = try target.parameter(name), !text.isEmpty else { return false }
    guard text == value else { throw Problem(.malformedRequest, "The query's \(name) can only be \(value).") }
    return true
  }

  /// Other parameters are passed over, as proxies and pages add some; but one that is nearly ours is a slip, and a client
  /// that has lost its place in the stream would not notice.
  static func checkParameters(of target: RequestTarget, known: [String]) throws(Problem) {
    for name in target.parameterNames where !known.contains(where: { $0.hasSameBytes(as: name) }) {
      guard let meant = known.first(where: { folded($0) == folded(name) }) else { continue }
      throw Problem(
        .malformedRequest, "The query's \(name.prefix(utf8Bytes: 64)) is unknown here; did you mean \(meant)?")
    }
  }

  /// Without regard to case and an `s` at the end.
  private static func folded(_ name: String) -> String {
    let name = name.lowercased()
    return name.hasSuffix("s") ? String(name.dropLast()) : name
  }
}

extension String {
  /// As many whole characters from the start as fit into so many bytes.
  func prefix(utf8Bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var index = utf8.index(startIndex, offsetBy: limit)
    while index > startIndex, index.samePosition(in: unicodeScalars) == nil { index = utf8.index(before: index) }
    return String(self[..<index])
  }
}
