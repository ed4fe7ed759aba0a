import Dispatch
import Synchronization

@testable import HubCore
@testable import pushhubd

/// A token as it comes; and, signed here, its payload. What is accepted has a signature that is made again here.
struct TokenTarget: FuzzTarget {
  static let secret = Array("a secret of at least thirty-two bytes".utf8)
  private static let now: Int64 = 1_765_368_000_000

  private let authenticator: Authenticator
  private let mint: TokenMint

  init() {
    (authenticator, mint) = waiting {
      let key = try await VerificationKey(secret: Self.secret, algorithms: [.hs256])
      let rules = Authenticator.Rules(leeway: 1000)
      return (Authenticator(keys: KeyRing([key]), rules: rules), try await TokenMint(secret: Self.secret))
    }
  }

  func run(_ input: [UInt8]) throws {
    let token = String(decoding: input, as: UTF8.self)
    try checkSources(token)
    if let principal = try? authenticator.authenticate(token, now: Self.now) {
      let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]) else {
        throw Broken(description: "a token without three parts is accepted")
      }
      let signed = try mint.sign(header: String(decoding: header, as: UTF8.self), payload: payload)
      try expect(signed == token, "a token that was not signed is accepted")
      try check(principal)
    }
    let signed = try mint.sign(payload: input)
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
    try expect(EventStream.events(open.bytes(isChunked: false)).count == 1, "an expiry makes other events")
    let welcome = SystemEvents.welcome(
      position: EventID(epoch: 1, sequence: 1), template: "{userId}", user: principal.user,
      connection: ConnectionID(high: 1, low: 2), client: nil, now: Moment(wall: Self.now, monotonic: 0))
    let events = EventStream.events(welcome.bytes(isChunked: false))
    try expect(events.count == 1, "a user id makes other events")
    let message = try JSONObject(events[0].data)["message"]?.string
    try expect(message.map { Array($0.utf8) } == Array(principal.user.text.utf8), "a user id is changed")
  }

  /// Wherever a token is looked for, what is found there was there.
  private func checkSources(_ text: String) throws {
    let source = TokenSource(cookie: "token", queryParameter: "access_token")
    for (name, query) in [("authorization", ""), ("cookie", ""), ("none", text)] {
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
    let outcome = waiting { () -> (text: String, isGood: Bool) in
      do throws(KeyFileError) {
        let file = try await KeyFile(contents: input)
        return (file.summary + (file.unusable ?? ""), !file.keys.algorithms.isEmpty)
      } catch { return ("\(error)", true) }
    }
    try expect(outcome.isGood, "a key file without a key is accepted")
    try expect(outcome.text.utf8.isOneLine, "what the log says of a key file is more than one line: \(outcome.text)")
    try expect(outcome.text.utf8.count < 8192, "what the log says of a key file is long")
  }
}

/// Waits for what is asynchronous only because a library is. It runs on a thread of its own: the test that waits may hold
/// the last one of the pool.
private func waiting<Outcome: Sendable>(_ body: @escaping @Sendable () async throws -> Outcome) -> Outcome {
  let isDone = DispatchSemaphore(value: 0)
  let box = Box<Outcome>()
  Task.detached(executorPreference: OwnThread.shared) {
    let result: Result<Outcome, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    box.set(result)
    isDone.signal()
  }
  isDone.wait()
  return box.value
}

private final class OwnThread: TaskExecutor {
  static let shared = OwnThread()
  private let queue = DispatchQueue(label: "fuzz")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

private final class Box<Outcome: Sendable>: Sendable {
  private let outcome = Mutex<Result<Outcome, any Error>?>(nil)

  func set(_ result: Result<Outcome, any Error>) { outcome.withLock { $0 = result } }

  var value: Outcome {
    guard case .success(let value)? = outcome.withLock({ $0 }) else { preconditionFailure("it cannot fail") }
    return value
  }
}
