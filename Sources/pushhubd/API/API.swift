import HubCore
import HubProtocol
import Runtime
import Synchronization

/// What the HTTP side answers. It decides at the head of a request whether the rest is wanted, so that only who may
/// send content can make the hub hold any; then it acts on the whole request. Nothing here waits.
struct API: Sendable {
  let hub: Hub

  /// A request whose head passed every check.
  struct Admitted: Sendable {
    let endpoint: Endpoint
    /// Nil where the endpoint asks nobody who he is.
    let caller: Principal?
    let head: RequestHead
  }

  enum Admission {
    case request(Admitted)
    /// Nothing of the request's content matters.
    case answer(Answer)
  }

  /// Where a request comes from, and what would carry a stream to there.
  struct Client: Sendable {
    let address: SocketAddress
    /// The connected socket.
    let descriptor: CInt
    /// The index of the shard that serves it.
    let shard: Int
    /// Whether there is a descriptor for a stream.
    let hasRoom: Bool
  }

  enum Outcome: Sendable {
    case answer(Answer)
    case later(Question)
    case stream(OpenedStream)
  }

  // MARK: - The head

  func admit(_ head: RequestHead, from client: Client, now: Moment) throws(Problem) -> Admission {
    let rules = hub.rules
    tellOfRefusedOrigin(of: head, rules: rules)
    if head.method == .options { return .answer(try preflight(head, rules: rules)) }
    guard !head.target.isAsterisk else { throw Problem(.malformedRequest, "Only OPTIONS may ask about *.") }
    let endpoint = try rules.endpoints.endpoint(at: head.target.segments)
    guard endpoint.takes(head.method) else { throw Problem.methodNotAllowed(endpoint.allowedMethods) }
    let caller = try caller(of: head, from: client, for: endpoint, rules: rules, now: now)
    try check(head, for: endpoint, rules: rules)
    return .request(Admitted(endpoint: endpoint, caller: caller, head: head))
  }

  /// Its page learns nothing from the browser, so whoever wrote it looks for the reason in the log.
  private func tellOfRefusedOrigin(of head: RequestHead, rules: Rules) {
    guard let origin = head.fields.first(.origin), !rules.crossOrigin.allows(origin),
      // Of the hub's own site: which scheme it has is the proxy's to know.
      !origin.lowercased().hasSuffix("://" + head.authority.lowercased()), rules.isFirstRefusal(of: origin)
    else { return }
    hub.happened(.originRefused(origin))
  }

  private func preflight(_ head: RequestHead, rules: Rules) throws(Problem) -> Answer {
    guard !head.target.isAsterisk else {
      return Answer(.noContent, headers: [HeaderField("Allow", "GET, HEAD, POST, OPTIONS")])
    }
    let methods = try rules.endpoints.endpoint(at: head.target.segments).allowedMethods
    let origin = head.fields.first(.origin)
    return Answer(
      .noContent,
      headers: [HeaderField("Allow", methods)] + rules.crossOrigin.preflightHeaders(for: origin, methods: methods))
  }

  /// Who it is, whether he may, and whether he comes too fast.
  private func caller(
    of head: RequestHead, from client: Client, for endpoint: Endpoint, rules: Rules, now: Moment
  ) throws(Problem) -> Principal? {
    guard endpoint.access != .anyone else { return nil }
    let caller = try authenticate(head, from: client, rules: rules, now: now)
    switch endpoint.access {
    case .anyone, .anyCaller: break
    case .scope(let scope): guard caller.scopes.contains(scope) else { throw Problem.insufficientScope(scope) }
    case .publisher:
      guard caller.scopes.contains(.publish) || !caller.publishableTopics.isEmpty else {
        throw Problem.insufficientScope(.publish)
      }
    case .owner(let user):
      guard caller.user == user || caller.scopes.contains(.admin) else { throw Problem.insufficientScope(.admin) }
    }
    let verdict = hub.rates.withLock { rates in
      rates.requestsPerSecond = rules.settings.limits.requestsPerSecond
      return rates.request(of: caller.user, now: now.monotonic)
    }
    if case .refused(let seconds) = verdict { throw Problem.rateLimited(retryAfter: seconds) }
    return caller
  }

  private func authenticate(
    _ head: RequestHead, from client: Client, rules: Rules, now: Moment
  ) throws(Problem) -> Principal {
    let token: Substring
    switch rules.tokenSource.find(fields: { head.fields[$0] }, query: head.target.query?[...]) {
    case .none: throw Problem.missingToken
    case .malformed: throw Problem.invalidToken("The token is malformed")
    case .bearer(let text), .query(let text): token = text
    case .cookie(let text):
      guard isOriginAllowed(head, from: client, rules: rules) else {
        throw Problem(.originNotAllowed, "A token from a cookie needs a page whose origin is allowed.")
      }
      token = text
    }
    let caller: Principal
    do throws(TokenRefusal) {
      caller = try rules.authenticator.authenticate(token, now: now.wall)
    } catch {
      hub.happened(.tokenRefused(error.reason))
      throw Problem.invalidToken(error.reason.errorDescription)
    }
    try checkRevocation(of: caller, now: now)
    return caller
  }

  private func checkRevocation(of caller: Principal, now: Moment) throws(Problem) {
    guard let verdict = hub.manager.verdict(on: caller.user, issuedAt: caller.issueSecond, now: now) else { return }
    throw problem(of: verdict)
  }

  func problem(of verdict: RevocationVerdict) -> Problem {
    switch verdict {
    case .revoked(let before):
      hub.happened(.tokenRefused(.revoked))
      return Problem.revokedToken(before: before)
    case .blocked: return Problem.userBlocked
    }
  }

  /// What the proxies say that a request came through, if the last of them is trusted.
  func forwarding(of head: RequestHead, from client: Client, rules: Rules) -> Forwarding? {
    guard let forwarding = Forwarding(head.fields), rules.settings.http.trustedProxies.trusts(client.address.ip) else {
      return nil
    }
    return forwarding
  }

  private func isOriginAllowed(_ head: RequestHead, from client: Client, rules: Rules) -> Bool {
    let scheme = forwarding(of: head, from: client, rules: rules)?.scheme == "https" ? "https" : "http"
    let origins = head.fields[.origin]
    if rules.isDevelopment, origins.count == 1, isLoopbackOrigin(origins[0]) { return true }
    let page = CookieRule.Page(origins: origins, fetchSites: head.fields[.secFetchSite])
    return rules.cookieRule.allows(page, isPost: head.method == .post, scheme: scheme, host: head.authority)
  }

  private func check(_ head: RequestHead, for endpoint: Endpoint, rules: Rules) throws(Problem) {
    switch endpoint {
    case .connect:
      guard acceptsEventStream(head.fields[.accept]) else {
        throw Problem(.notAcceptable, "This is a text/event-stream, which the request's Accept rules out.")
      }
    case .demoSession, .demoFile:
      guard isLoopback(head.authority) else {
        throw Problem(.originNotAllowed, "The demo page answers under a loopback address only.")
      }
    default: break
    }
    if case .length(let length) = head.content, length > rules.settings.http.maxBodyBytes { throw bodyTooLarge(rules) }
    guard endpoint.content != .ignored else { return }
    if head.content == .none, endpoint.content == .requiredJSON {
      throw Problem(.lengthRequired, "This needs a body, with Content-Length or in chunks.")
    }
    guard head.fields[.contentEncoding].allSatisfy(\.isEmpty) else { throw Problem.unsupportedEncoding }
    // Chunks may turn out to be none.
    let mayBeEmpty = head.content == .chunked && endpoint.content == .optionalJSON
    if head.content.isExpected, !mayBeEmpty { try checkContentType(of: head) }
  }

  private func checkContentType(of head: RequestHead) throws(Problem) {
    guard isJSON(contentType: try head.single(.contentType) ?? "") else { throw Problem.notJSON }
  }

  /// For a body that turns out too long only while it comes in.
  func bodyTooLarge(_ rules: Rules) -> Problem {
    Problem(.bodyTooLarge, "The body is longer than \(rules.settings.http.maxBodyBytes) bytes.")
  }

  // MARK: - The whole request

  /// After `send` and `broadcast` the manager's shards are to be woken.
  func perform(
    _ request: Admitted, body: [UInt8], from client: Client, now: Moment
  ) throws(Problem) -> Outcome {
    // The body may have taken its time.
    if let caller = request.caller { try checkRevocation(of: caller, now: now) }
    switch request.endpoint {
    case .connect:
      return try connect(request, from: client, now: now)
    case .send:
      return .answer(try publish(PublishRequest(sending: body), caller: request.caller, now: now))
    case .broadcast:
      return .answer(
        try publish(
          PublishRequest(broadcasting: body, maxUsers: hub.rules.settings.publish.maxUsers), caller: request.caller,
          now: now))
    case .statistics:
      return .answer(.json(hub.statisticsJSON(now: now)))
    case .connections(let user):
      return .later(.connections(.user(user), nil))
    case .disconnect(let user):
      return .answer(try disconnect(user, body: try json(body, of: request), now: now))
    case .revoke(let user):
      return try change(user, .revoke(before: RevokeRequest(try json(body, of: request)).before), request)
    case .unrevoke(let user):
      try EmptyRequest.check(try json(body, of: request))
      return try change(user, .unrevoke, request)
    case .block(let user):
      let block = try BlockRequest(try json(body, of: request))
      return try change(user, .block(for: block.duration), reason: block.reason, request)
    case .unblock(let user):
      try EmptyRequest.check(try json(body, of: request))
      return try change(user, .unblock, request)
    case .followers:
      return try followers(request.head.target)
    case .presence:
      return .answer(try presence(request.head.target, caller: request.caller))
    case .topics(let connection):
      return .answer(try changeTopics(connection, caller: request.caller, body: body, now: now))
    case .renew(let connection):
      return .answer(try renew(connection, caller: request.caller, now: now))
    case .health:
      guard !hub.isDraining else { throw Problem.draining }
      return .answer(Answer(.ok, contentType: "text/plain; charset=utf-8", body: Array("ok".utf8)))
    case .metrics:
      return .later(.metrics)
    case .demoSession:
      return .answer(try demoSession(request.head, from: client, now: now))
    case .demoFile(let index):
      return .answer(demoFile(index))
    }
  }

  /// A body that may be left out; its type matters only where it is there.
  private func json(_ body: [UInt8], of request: Admitted) throws(Problem) -> [UInt8] {
    if !body.isEmpty { try checkContentType(of: request.head) }
    return body
  }

  /// The answer to what was left for `later`.
  func answer(for finding: Finding) -> Answer {
    switch finding {
    case .connections(let statuses, let topic): .json(ConnectionStatus.json(statuses, of: topic))
    case .metrics(let text): Answer(.ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: text)
    // Only publishers ask for that.
    case .standing: Answer(.noContent)
    case .revocation(.success(.inForce(let closed))): Self.closed(closed)
    case .revocation(.success(.tooMany)): Problem.tooManyRevocations.answer
    case .revocation(.failure(let failure)):
      Problem(.overloaded, "This cannot be kept, and is not in force: \(failure.reason).").answer
    }
  }

  private func publish(_ request: PublishRequest, caller: Principal?, now: Moment) throws(Problem) -> Answer {
    guard let caller else { throw Problem.missingToken }
    try check(request.target, of: caller)
    let publisher = PublisherIdentity.user(caller.user)
    switch hub.manager.publish(request.message, to: request.target, from: publisher, waking: false, now: now) {
    case .accepted(let id, let sentCount):
      let body = JSONText.object { text in
        text.member("success", true)
        text.member("id", id.description)
        text.member("sentCount", sentCount)
      }
      return .json(body)
    case .unknownConnection: throw Problem.unknownConnection
    case .keyReused: throw Problem.keyReused
    case .tooManyKeys(let retryAfter): throw Problem.tooManyKeys(retryAfter: retryAfter)
    case .tooManyValues: throw Problem.tooManyValues
    case .overloaded: throw Problem.overloaded
    case .draining: throw Problem.draining
    }
  }

  /// Whether a caller may publish to a target: by scope, or each of its topics by the claim.
  private func check(_ target: Target, of caller: Principal) throws(Problem) {
    if caller.scopes.contains(.publish) { return }
    for topic in target.topics {
      guard let name = topic.topicName else { throw Problem.insufficientScope(.publish) }
      guard caller.publishableTopics.grants(name) else { throw Problem.topicNotGranted(name) }
    }
  }

  private func disconnect(_ user: UserID, body: [UInt8], now: Moment) throws(Problem) -> Answer {
    let reason = try DisconnectRequest(body).reason
    let departures = hub.manager.closeUserConnections(user, reason: .disconnected, detail: reason, now: now)
    for departure in departures { hub.happened(.streamClosed(departure)) }
    return Self.closed(departures.count)
  }

  private static func closed(_ count: Int) -> Answer {
    .json(
      JSONText.object { text in
        text.member("success", true)
        text.member("closedCount", count)
      })
  }

  private func change(
    _ user: UserID, _ step: Revocation.Step, reason: String? = nil, _ request: Admitted
  ) throws(Problem) -> Outcome {
    guard let caller = request.caller else { throw Problem.missingToken }
    return .later(.revocation(RevocationChange(user: user, step: step, reason: reason, by: .user(caller.user))))
  }

  private func renew(_ connection: ConnectionID?, caller: Principal?, now: Moment) throws(Problem) -> Answer {
    guard let caller else { throw Problem.missingToken }
    guard let connection else { throw Problem.unknownConnection }
    let renewal = hub.manager.renew(
      connection, for: caller.user, tokenExpiresAt: caller.expiresAt, tokenIssuedAt: caller.issueSecond,
      grants: caller.topics.grants, now: now)
    switch renewal {
    case .renewed:
      let body = JSONText.object { text in
        text.member("success", true)
        text.member("tokenExpiresAt", at: caller.expiresAt)
      }
      return .json(body)
    case .unknownConnection:
      throw Problem.unknownConnection
    case .otherUser:
      throw Problem.notYourConnection
    case .tokenRefused(let verdict):
      throw problem(of: verdict)
    }
  }
}
