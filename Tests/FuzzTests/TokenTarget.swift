import HubProtocol

@testable import HubCore
@testable import pushhubd

/// A token as it comes; and, signed here, its payload. What is accepted has a signature that is made again here.
struct TokenTarget: FuzzTarget {
  static let secret = Array("a secret of at least thirty-two bytes".utf8)
  private static let now: Int64 = 1_765_368_000_000

  private let authenticator: Authenticator
  private let mint: TokenMint

  init() {
    guard let key = try? VerificationKey(secret: Self.secret, algorithms: [.hs256]),
      let mint = try? TokenMint(secret: Self.secret)
    else { preconditionFailure("a good secret is refused") }
    authenticator = Authenticator(keys: KeyRing([key]), settings: Settings.Auth(leeway: 1000))
    self.mint = mint
  }

  func run(_ input: [UInt8]) throws {
    let token = String(decoding: input, as: UTF8.self)
    try checkSources(token)
    if let principal = try? authenticator.authenticate(token, now: Self.now) {
      let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]) else {
        throw Broken(description: "a token without three parts is accepted")
      }
      let signed = mint.sign(header: String(decoding: header, as: UTF8.self), payload: payload)
      try expect(signed == token, "a token that was not signed is accepted")
      try check(principal)
    }
    guard let signed = mint.sign(payload: input) else { throw Broken(description: "no token is made") }
    if let principal = try? authenticator.authenticate(signed, now: Self.now) { try check(principal) }
  }

  private func check(_ principal: Principal) throws {
    let size = principal.user.text.utf8.count
    try expect(size >= 1 && size <= 128, "a user id is too long")
    try expect(!principal.user.text.unicodeScalars.contains { $0.isControl }, "a user id has control characters")
    try expect(principal.expiresAt.map { $0 > Self.now - 1000 } ?? true, "an expired token is accepted")
    let open = SystemEvents.open(
      connection: ConnectionID(high: 1, low: 2), client: nil, replay: .none, retry: 1, heartbeatInterval: 1,
      tokenExpiresAt: principal.expiresAt)
    try expect(EventStream.events(open.bytes(as: .plain)).count == 1, "an expiry makes other events")
    let welcome = SystemEvents.welcome(
      position: EventID(epoch: 1, sequence: 1), template: "{userId}", user: principal.user,
      connection: ConnectionID(high: 1, low: 2), client: nil, now: Moment(wall: Self.now, monotonic: 0))
    let events = EventStream.events(welcome.bytes(as: .plain))
    try expect(events.count == 1, "a user id makes other events")
    let message = try JSONObject(events[0].data)["message"]?.string
    try expect(message.map { Array($0.utf8) } == Array(principal.user.text.utf8), "a user id is changed")
  }

  /// Wherever a token is looked for, what is found there was there.
  private func checkSources(_ text: String) throws {
    let source = TokenSource(cookie: "token", queryParameter: "access_token")
    let places: [(FieldName?, String)] = [(.authorization, ""), (.cookie, ""), (nil, text)]
    for (name, query) in places {
      switch source.find(fields: { $0 == name ? [text] : [] }, query: query[...]) {
      case .none, .malformed: break
      case .bearer(let token), .cookie(let token):
        try expect(text.utf8.count >= token.utf8.count && !token.isEmpty, "a token from nowhere")
      case .query(let token): try expect(token.utf8.count <= text.utf8.count, "a token from nowhere")
      }
    }
  }
}

/// A key file: a secret, a PEM key or a JWK Set.
struct KeyTarget: FuzzTarget {
  func run(_ input: [UInt8]) throws {
    let outcome: (text: String, isGood: Bool)
    do throws(KeyFileError) {
      let file = try KeyFile(contents: input)
      outcome = (file.summary + (file.unusable ?? ""), !file.keys.algorithms.isEmpty)
    } catch { outcome = ("\(error)", true) }
    try expect(outcome.isGood, "a key file without a key is accepted")
    try expect(outcome.text.utf8.isOneLine, "what the log says of a key file is more than one line: \(outcome.text)")
    try expect(outcome.text.utf8.count < 8192, "what the log says of a key file is long")
  }
}
