import NIOCore
import NIOHTTP1

/// One connection of HTTP: the first handler of its pipeline, in front of the parser, and the state of it all.
///
/// Bytes are given to the parser a portion at a time, as `RequestMeter` says; what the parser makes of a portion is
/// collected by `PartCollector` and acted on after the parser has returned. So nothing is closed, written or taken
/// away while the parser is at work, a second request waits until the first is answered, and bytes behind a request
/// that opens a stream never get to the parser. While an answer is due or the peer does not read, nothing is read.
///
/// Belongs to its event loop.
final class HTTPConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// After an answer that ends the connection, its reader gets so long to take it before the connection is cut:
  /// closing with unread input would have the kernel discard the answer (RFC 9112 section 9.6).
  static let lingerTime = TimeAmount.seconds(2)

  /// How long a hub that is stopping waits for the first request of a connection.
  static let firstRequestTime = TimeAmount.milliseconds(500)
  /// And for one that is on its way on a connection that is kept.
  static let nextRequestTime = TimeAmount.milliseconds(200)

  /// How much of the first request has been dealt with before the connection was made.
  enum Beginning: Sendable {
    /// So much of it was read.
    case bytes(ByteBuffer)
    /// It was read, understood and decided upon.
    case answer(Answer, RequestHead)
  }

  enum State {
    case readingHead
    /// An admitted request, whose content is still coming.
    case readingBody(API.Admitted, [UInt8])
    /// The answer is known, the rest of the request is to be passed over.
    case skippingBody(Answer, RequestHead)
    /// The answer is being made.
    case answering
    /// The head of a stream is on its way out; then the socket moves away. All input is ignored.
    case leaving
    /// The last answer is on its way out. All input is ignored.
    case lingering
    case closed
  }

  let api: API
  let sweep: ConnectionSweep
  /// What the operator set, as of the beginning of the request under way, or as of the last look.
  private(set) var rules: HTTPRules
  var state = State.readingHead
  var meter: RequestMeter
  var deadline = NIODeadline.distantFuture
  private var idleSince = NIODeadline.uptimeNanoseconds(0)
  /// Where the sweep keeps this connection.
  var place = -1
  var closesAfterAnswer = false
  var hasAnswered = false
  var context: ChannelHandlerContext?

  private let collector = PartCollector()
  private var beginning: Beginning
  /// Given back with the connection.
  private let httpPlace: HTTPPlaces.Place?
  /// Read, and not yet given to the parser.
  private var held = ByteBuffer()
  private var isPumping = false
  private var wantsRead = false
  private(set) var isInputClosed = false
  /// The last answer is written.
  var isOutputDone = false

  init(
    api: API, sweep: ConnectionSweep, beginning: Beginning = .bytes(ByteBuffer()), place: HTTPPlaces.Place? = nil
  ) {
    self.api = api
    httpPlace = place
    self.sweep = sweep
    self.beginning = beginning
    rules = api.hub.httpRules
    meter = RequestMeter(maxHeaderBytes: rules.options.maxHeaderBytes)
  }

  /// Makes a new channel's pipeline.
  func install(in pipeline: ChannelPipeline.SynchronousOperations) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    // The meter keeps to what is set, which a reload may change.
    limits.maxHeaderFieldSize = HTTPOptions.mostHeaderBytes
    limits.maxHeaderListSize = HTTPOptions.mostHeaderBytes
    limits.maxHeaderFieldCount = 100
    let decoder = HTTPRequestDecoder(
      leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
    try pipeline.addHandler(self)
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(collector)
  }

  // MARK: - Events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    startIdling()
    sweep.interval = rules.sweepInterval
    sweep.add(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    state = .closed
    sweep.remove(self)
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    switch beginning {
    case .bytes(let bytes): held = bytes
    case .answer(let answer, let head): send(answer, to: head, closing: false)
    }
    beginning = .bytes(ByteBuffer())
    pump()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = Self.unwrapInboundIn(data)
    switch state {
    case .leaving, .lingering, .closed: return
    case .readingHead, .readingBody, .skippingBody, .answering: break
    }
    if held.readableBytes == 0 {
      held = bytes
    } else {
      held.writeBuffer(&bytes)
    }
    pump()
  }

  func read(context: ChannelHandlerContext) {
    wantsRead = true
    readMore()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { pump() }

  /// Neither this nor the end of the input goes on to the parser, which would parse its leftovers once more.
  func channelInactive(context: ChannelHandlerContext) {
    state = .closed
    sweep.remove(self)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
    isInputClosed = true
    pump()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

  /// The hub is stopping: what was begun or is on its way is answered, and so is the first request of a connection that
  /// is just made.
  func quiesce() {
    closesAfterAnswer = true
    guard case .readingHead = state, meter.isIdle, let context else { return }
    deadline = min(deadline, context.eventLoop.now + (hasAnswered ? Self.nextRequestTime : Self.firstRequestTime))
  }

  /// Takes over what a reload changed, between two requests.
  func follow(_ rules: HTTPRules) {
    guard rules !== self.rules, case .readingHead = state, meter.isIdle else { return }
    self.rules = rules
    meter.maxHeaderBytes = rules.options.maxHeaderBytes
    sweep.interval = rules.sweepInterval
    if !closesAfterAnswer { deadline = idleSince + .milliseconds(rules.options.idleTimeout) }
  }

  func deadlinePassed() {
    switch state {
    case .readingHead where meter.isIdle:
      if closesAfterAnswer, hasAnswered { linger(after: ByteBuffer()) } else { close() }
    case .readingHead, .readingBody:
      refuse(Problem(.requestTimeout, "The request did not come in within \(rules.options.headerTimeout) ms."))
    case .skippingBody(let answer, let head): send(answer, to: head, closing: true)
    case .answering, .leaving, .lingering, .closed: close()
    }
  }

  func close() {
    guard let context else { return }
    context.close(promise: nil)
  }

  // MARK: - From bytes to requests

  /// Goes on with whatever there is to go on with.
  func pump() {
    guard !isPumping else { return }
    isPumping = true
    while step() {}
    isPumping = false
    readMore()
  }

  /// Returns whether there may be more to do.
  private func step() -> Bool {
    guard let context else { return false }
    switch state {
    case .readingHead, .readingBody, .skippingBody: break
    case .lingering:
      if isInputClosed, isOutputDone { close() }
      return false
    case .answering, .leaving, .closed: return false
    }
    guard context.channel.isWritable else { return false }
    if let part = collector.parts.popFirst() {
      act(on: part)
    } else if let error = collector.error {
      refuse(parserFailed(with: error))
    } else if held.readableBytes > 0 {
      feed(context)
    } else {
      if isInputClosed { linger(after: ByteBuffer()) }
      return false
    }
    return true
  }

  private func feed(_ context: ChannelHandlerContext) {
    if meter.isIdle {
      follow(api.hub.httpRules)
      deadline = context.eventLoop.now + .milliseconds(rules.options.headerTimeout)
    }
    // The meter keeps no pointer.
    switch held.withUnsafeReadableBytes({ meter.portion(of: $0) }) {
    case .feed(let count):
      guard count > 0, let portion = held.readSlice(length: count) else {
        return refuse(Problem(.malformedRequest, "More bytes came than the request announced."))
      }
      context.fireChannelRead(Self.wrapInboundOut(portion))
    case .refuse(.targetTooLong):
      refuse(Problem(.targetTooLong, "The request line is longer than \(meter.maxHeaderBytes) bytes."))
    case .refuse(.headerTooLarge):
      refuse(Problem(.headerTooLarge, "The request's head is longer than \(meter.maxHeaderBytes) bytes."))
    case .refuse(.overheadTooLarge):
      refuse(Problem(.malformedRequest, "The body's chunks carry too little."))
    }
  }

  private func parserFailed(with error: any Error) -> Problem {
    if error as? HTTPParserError == .headerOverflow {
      return Problem(.headerTooLarge, "The request has too many or too long header fields.")
    }
    return Problem(.malformedRequest, "The request is not HTTP/1.1 as RFC 9112 has it.")
  }

  /// Nothing is read while what was read waits, so no peer can make more than one read's bytes pile up.
  private func readMore() {
    guard wantsRead, let context, held.readableBytes == 0 else { return }
    switch state {
    case .readingHead, .readingBody, .skippingBody:
      guard context.channel.isWritable else { return }
    case .answering: return
    case .leaving, .lingering, .closed: break
    }
    wantsRead = false
    context.read()
  }

  func startIdling() {
    guard let context else { return }
    idleSince = context.eventLoop.now
    deadline = idleSince + .milliseconds(rules.options.idleTimeout)
  }

  func discardInput() {
    held.clear()
    collector.stop()
  }
}

/// The last handler of the pipeline: keeps what the parser found until the connection comes to act on it.
final class PartCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  fileprivate(set) var parts = CircularBuffer<HTTPServerRequestPart>()
  private(set) var error: (any Error)?
  private var isStopped = false

  func stop() {
    isStopped = true
    parts.removeAll()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isStopped { parts.append(Self.unwrapInboundIn(data)) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if self.error == nil { self.error = error }
  }
}
