import HubCore
import HubProtocol

/// One connection of HTTP/1.1 without its socket: bytes go in, and out come answers and what to do with the connection.
///
/// Requests are answered one after another, in their order. While an answer is due, or answers wait to be written, what
/// came behind is held, and its owner reads nothing: so no peer can make more than one read's bytes pile up. Bytes
/// behind a request that opens a stream are dropped.
struct HTTP1Machine {
  /// What its owner does next, once the output is written.
  enum Next: Equatable {
    /// Read.
    case read
    /// Call `proceed`: there is a request, or input, that was held.
    case proceed
    /// Wait for `answer`.
    case wait
    /// The output ends with the beginning of this stream, which takes over the socket.
    case becomeStream(StreamRef)
    /// End our side (shutdown(2)), and call `outputEnded`.
    case endOutput
    /// Read and drop what comes until the peer ends its side: closing with unread input would have the kernel discard
    /// the last answer (RFC 9112 section 9.6).
    case discardInput
    case close
  }

  private enum State {
    case readingHead
    /// An admitted request, whose content is still coming.
    case readingBody(API.Admitted, [UInt8])
    /// The answer is known, the rest of the request is to be passed over.
    case skippingBody(Answer, RequestHead)
    /// The answer is being made elsewhere.
    case answering(RequestHead)
    /// A request for a stream, whose first bytes must be the first in the output: it is not performed before the answers
    /// to others are written.
    case postponed(API.Admitted)
    case opened(StreamRef)
    /// The last answer is in the output. All input is dropped.
    case ending
    /// Our side has ended.
    case lingering
    case closed
  }

  /// How long the reader of the last answer may take to end its side, in milliseconds.
  static let lingerTime: Int64 = 2_000
  /// How long a hub that is stopping waits for the first request of a connection.
  static let firstRequestTime: Int64 = 500
  /// And for one that is on its way on a connection that is kept.
  static let nextRequestTime: Int64 = 200
  /// With more output than this, the next request waits.
  private static let maxOutputBytes = 16 << 10

  /// To be written, and then emptied.
  var output: [UInt8] = []
  /// In milliseconds of the monotonic clock.
  private(set) var deadline: Int64
  /// Whether an event was queued since that was looked at.
  var hasPublished = false

  /// What all connections of a shard share.
  struct Context {
    let api: API
    let date = DateField()
  }

  /// What the last request asks that has to be asked elsewhere, until somebody has.
  private var question: Question?
  private let context: Context
  private let client: API.Client
  /// Given back with the machine. Who asks for a stream, or has not asked for anything yet, needs none.
  private var place: HTTPPlaces.Place?
  /// What the operator set, as of the beginning of the request under way, or as of the last look.
  private var rules: Rules
  private var reader: HTTP1Reader
  private var state = State.readingHead
  private var held: [UInt8] = []
  private var idleSince: Int64
  private var closesAfterAnswer = false
  private var hasAnswered = false
  private var isInputClosed = false

  init(_ context: Context, client: API.Client, now: Int64) {
    self.context = context
    self.client = client
    rules = context.api.hub.rules
    reader = HTTP1Reader(maxHeadBytes: rules.settings.http.maxHeaderBytes)
    idleSince = now
    deadline = now + rules.settings.http.idleTimeout
  }

  private var api: API { context.api }

  // MARK: - What happens

  /// To be called only where `next` says to read.
  mutating func receive(_ input: Span<UInt8>, now: Moment) {
    let end = process(input, now: now)
    if end < input.count, mayGoOn { held.append(end..<input.count, of: input) }
  }

  /// Goes on with what is held.
  mutating func proceed(now: Moment) {
    if case .postponed(let request) = state { perform(request, body: [], now: now) }
    guard mayGoOn else { return }
    let input = held
    held = []
    receive(input.span, now: now)
  }

  /// The peer sends nothing more.
  mutating func inputEnded() { isInputClosed = true }

  /// The answer to what `takeQuestion` gave.
  mutating func answer(_ answer: Answer, now: Moment) {
    guard case .answering(let head) = state else { return }
    send(answer, to: head, closing: false, now: now)
  }

  /// What has to be asked elsewhere; told once.
  mutating func takeQuestion() -> Question? {
    defer { question = nil }
    return question
  }

  /// Some of the output was written: a reader, however slow, gets its time anew.
  mutating func outputProgressed(now: Moment) {
    switch state {
    case .readingHead where reader.isIdle: startIdling(now: now)
    case .ending: deadline = now.monotonic + Self.lingerTime
    case .readingHead, .readingBody, .skippingBody, .answering, .postponed, .opened, .lingering, .closed: break
    }
  }

  mutating func outputEnded(now: Moment) {
    state = isInputClosed ? .closed : .lingering
    deadline = now.monotonic + Self.lingerTime
  }

  mutating func deadlinePassed(now: Moment) {
    switch state {
    case .readingHead where reader.isIdle:
      if closesAfterAnswer, hasAnswered { end(now: now) } else { state = .closed }
    case .readingHead, .readingBody:
      let problem = Problem(
        .requestTimeout, "The request did not come in within \(rules.settings.http.headerTimeout) ms.")
      refuse(problem, nil, now: now)
    case .skippingBody(let answer, let head): send(answer, to: head, closing: true, now: now)
    case .answering, .postponed, .opened, .ending, .lingering, .closed: state = .closed
    }
  }

  /// The hub is stopping: what was begun or is on its way is answered, and so is the first request of a connection that
  /// is just made.
  mutating func quiesce(now: Moment) {
    closesAfterAnswer = true
    guard isIdle else { return }
    deadline = min(deadline, now.monotonic + (hasAnswered ? Self.nextRequestTime : Self.firstRequestTime))
  }

  /// Takes over what a reload changed, between two requests.
  mutating func followRules() {
    let rules = api.hub.rules
    guard rules !== self.rules, isIdle else { return }
    self.rules = rules
    reader.maxHeadBytes = rules.settings.http.maxHeaderBytes
    if !closesAfterAnswer { deadline = idleSince + rules.settings.http.idleTimeout }
  }

  /// Whose first request has not come in by then is not waited for without a place.
  mutating func requirePlace(ofNewSince time: Int64, now: Moment) {
    guard !hasAnswered, isReading, idleSince <= time, !hasPlace() else { return }
    // Only who has asked is answered.
    if case .readingHead = state { state = .closed } else { refuse(Problem.hubFull, nil, now: now) }
  }

  private mutating func hasPlace() -> Bool {
    if place == nil { place = api.hub.places.take(of: api.hub.rules.maxHTTPConnections) }
    return place != nil
  }

  // MARK: - What follows

  var next: Next {
    switch state {
    case .readingHead, .readingBody, .skippingBody:
      if !held.isEmpty { return .proceed }
      // Whatever was begun, nobody will end it.
      return isInputClosed ? .endOutput : .read
    case .answering: return .wait
    case .postponed: return .proceed
    case .opened(let stream): return .becomeStream(stream)
    case .ending: return .endOutput
    case .lingering: return isInputClosed ? .close : .discardInput
    case .closed: return .close
    }
  }

  /// Whether no byte of a request has come, and nothing is due.
  var isIdle: Bool { if case .readingHead = state { reader.isIdle } else { false } }

  private var isReading: Bool {
    switch state {
    case .readingHead, .readingBody, .skippingBody: true
    case .answering, .postponed, .opened, .ending, .lingering, .closed: false
    }
  }

  /// Whether another request may be read, now or later.
  private var mayGoOn: Bool {
    switch state {
    case .readingHead, .readingBody, .skippingBody, .answering, .postponed: true
    case .opened, .ending, .lingering, .closed: false
    }
  }

  // MARK: - From bytes to requests

  /// Returns how many of the bytes were dealt with.
  private mutating func process(_ input: Span<UInt8>, now: Moment) -> Int {
    var position = 0
    while isReading, output.count < Self.maxOutputBytes {
      if isIdle, position < input.count {
        followRules()
        deadline = now.monotonic + rules.settings.http.headerTimeout
      }
      switch reader.next(input, from: &position) {
      case .needsMore: return position
      case .head(let head): begin(head, now: now)
      case .content(let range): receive(range, of: input, now: now)
      case .end: requestEnded(now: now)
      case .refused(let problem, let head): refuse(problem, head, now: now)
      }
    }
    return position
  }

  private mutating func begin(_ head: RequestHead, now: Moment) {
    do throws(Problem) {
      switch try api.admit(head, from: client, now: now) {
      case .request(let request):
        guard request.endpoint == .connect || hasPlace() else {
          return send(Problem.hubFull.answer, to: head, closing: true, now: now)
        }
        state = .readingBody(request, [])
        if head.expectsContinue { output += "HTTP/1.1 100 Continue\r\n\r\n".utf8 }
      case .answer(let answer): answerEarly(answer, to: head, now: now)
      }
    } catch { answerEarly(error.answer, to: head, now: now) }
  }

  /// The answer is known before the content is there. A connection that is to be kept needs the content out of the
  /// way; else the answer ends the connection.
  private mutating func answerEarly(_ answer: Answer, to head: RequestHead, now: Moment) {
    let canSkip =
      switch head.content {
      case .none: true
      case .length(let length): length <= rules.settings.http.maxBodyBytes && !head.expectsContinue
      case .chunked: false
      }
    if canSkip {
      state = .skippingBody(answer, head)
    } else {
      send(answer, to: head, closing: true, now: now)
    }
  }

  private mutating func receive(_ content: Range<Int>, of input: Span<UInt8>, now: Moment) {
    guard case .readingBody(let request, var body) = state else { return }
    // The array must not be referred to twice, or each part would copy what there is.
    state = .closed
    guard body.count + content.count <= rules.settings.http.maxBodyBytes else {
      return send(api.bodyTooLarge(rules).answer, to: request.head, closing: true, now: now)
    }
    if request.endpoint.content != .ignored { body.append(content, of: input) }
    state = .readingBody(request, body)
  }

  private mutating func requestEnded(now: Moment) {
    switch state {
    case .readingBody(let request, let body): perform(request, body: body, now: now)
    case .skippingBody(let answer, let head): send(answer, to: head, closing: false, now: now)
    case .readingHead, .answering, .postponed, .opened, .ending, .lingering, .closed: break
    }
  }

  // MARK: - Answering

  private mutating func perform(_ request: API.Admitted, body: [UInt8], now: Moment) {
    guard request.endpoint != .connect || output.isEmpty else {
      state = .postponed(request)
      return
    }
    do throws(Problem) {
      let outcome = try api.perform(request, body: body, from: client, now: now)
      if request.endpoint.publishes { hasPublished = true }
      switch outcome {
      case .answer(let answer): send(answer, to: request.head, closing: false, now: now)
      case .later(let question):
        state = .answering(request.head)
        deadline = .max
        self.question = question
      case .stream(let opened):
        api.hub.happened(.answered(.ok, nil))
        opened.write(
          to: &output, headers: rules.crossOrigin.headers(for: request.head.fields.first(.origin)),
          isChunked: request.head.isModern, date: context.date, wall: now.wall)
        state = .opened(opened.stream)
      }
    } catch {
      // Another connection may find what this one does not.
      send(error.answer, to: request.head, closing: error.code == .hubFull, now: now)
    }
  }

  /// Answers a request that cannot be understood, or not in time, and ends the connection.
  ///
  /// - Parameter raw: the request's head, where that is known.
  private mutating func refuse(_ problem: Problem, _ raw: RawHead?, now: Moment) {
    switch state {
    case .readingBody(let request, _): send(problem.answer, to: request.head, closing: true, now: now)
    case .skippingBody(let answer, let head): send(answer, to: head, closing: true, now: now)
    case .readingHead, .answering, .postponed, .opened, .ending, .lingering, .closed:
      write(problem.answer, origin: raw?.fields.first(.origin), isHead: raw?.method == .head, fate: .close, now: now)
    }
  }

  /// - Parameter closing: the connection cannot be kept, whatever the client wishes.
  private mutating func send(_ answer: Answer, to head: RequestHead, closing: Bool, now: Moment) {
    let fate = closing || closesAfterAnswer || api.hub.isDraining || !hasPlace() ? .close : head.fate
    write(answer, origin: head.fields.first(.origin), isHead: head.method == .head, fate: fate, now: now)
  }

  private mutating func write(_ answer: Answer, origin: String?, isHead: Bool, fate: ConnectionFate, now: Moment) {
    hasAnswered = true
    api.hub.happened(.answered(answer.status, answer.problem))
    var answer = answer
    answer.headers += rules.crossOrigin.headers(for: origin)
    answer.write(to: &output, isHead: isHead, connection: fate, date: context.date, wall: now.wall)
    guard !fate.isClose else { return end(now: now) }
    state = .readingHead
    startIdling(now: now)
  }

  /// Nothing more is said.
  private mutating func end(now: Moment) {
    state = .ending
    held = []
    deadline = now.monotonic + Self.lingerTime
  }

  private mutating func startIdling(now: Moment) {
    idleSince = now.monotonic
    deadline = idleSince + rules.settings.http.idleTimeout
  }
}
