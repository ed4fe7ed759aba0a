import HubCore
import NIOCore
import NIOHTTP1

extension HTTPConnection {
  func act(on part: HTTPServerRequestPart) {
    switch (part, state) {
    case (.head(let head), .readingHead): begin(head)
    case (.body(let bytes), _): receive(bytes)
    case (.end, .readingBody(let request, let body)): perform(request, body: body)
    case (.end, .skippingBody(let answer, let head)): send(answer, to: head, closing: false)
    case (.head, _), (.end, _):
      refuse(Problem(.malformedRequest, "The request is not HTTP/1.1 as RFC 9112 has it."))
    }
  }

  private func begin(_ received: HTTPRequestHead) {
    do throws(Problem) {
      let head = try RequestHead(received)
      meter.headEnded(content: head.content)
      do throws(Problem) {
        switch try api.admit(head) {
        case .request(let request):
          state = .readingBody(request, [])
          if head.expectsContinue { sendContinue() }
        case .answer(let answer): answerEarly(answer, to: head)
        }
      } catch { answerEarly(error.answer, to: head) }
    } catch {
      // Where the request ends is not sure.
      refuse(error, received)
    }
  }

  /// The answer is known before the content is there. A connection that is to be kept needs the content out of the
  /// way; else the answer ends the connection.
  private func answerEarly(_ answer: Answer, to head: RequestHead) {
    let canSkip =
      switch head.content {
      case .none: true
      case .length(let length): length <= rules.options.maxBodyBytes && !head.expectsContinue
      case .chunked: false
      }
    if canSkip {
      state = .skippingBody(answer, head)
    } else {
      send(answer, to: head, closing: true)
    }
  }

  private func receive(_ bytes: ByteBuffer) {
    meter.received(contentBytes: bytes.readableBytes)
    guard case .readingBody(let request, var body) = state else { return }
    // The array must not be referred to twice, or each part would copy what there is.
    state = .answering
    guard body.count + bytes.readableBytes <= rules.options.maxBodyBytes else {
      return send(api.bodyTooLarge(rules).answer, to: request.head, closing: true)
    }
    if request.endpoint.content != .ignored { body.append(contentsOf: bytes.readableBytesView) }
    state = .readingBody(request, body)
  }

  private func sendContinue() {
    guard let context else { return }
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
  }

  // MARK: - Answering

  private func perform(_ request: API.Admitted, body: [UInt8]) {
    state = .answering
    deadline = .distantFuture
    var transport: StreamTransport?
    do throws(Problem) {
      if request.endpoint == .connect { transport = try duplicateTransport() }
      let outcome = try api.perform(request, body: body, from: RemoteAddress(context?.remoteAddress))
      if request.endpoint.publishes { sweep.wakeShards(of: api.hub.manager) }
      switch outcome {
      case .answer(let answer): send(answer, to: request.head, closing: false)
      case .later(let answer): send(later: answer, to: request.head)
      case .stream(let opened):
        api.hub.answered(.ok, nil)
        leave(with: opened, over: transport ?? .channel)
        transport = nil
      }
    } catch { send(error.answer, to: request.head, closing: false) }
    transport?.giveUp()
  }

  private func send(later answer: @escaping @Sendable () async -> Answer, to head: RequestHead) {
    guard let context else { return }
    context.eventLoop.makeFutureWithTask(answer).assumeIsolated().whenSuccess { answer in
      guard case .answering = self.state else { return }
      self.send(answer, to: head, closing: false)
      self.pump()
    }
  }

  /// Answers a request that cannot be understood, or not in time, and ends the connection.
  ///
  /// - Parameter received: the request's head, if the parser had it all.
  func refuse(_ problem: Problem, _ received: HTTPRequestHead? = nil) {
    switch state {
    case .readingBody(let request, _): send(problem.answer, to: request.head, closing: true)
    case .skippingBody(let answer, let head): send(answer, to: head, closing: true)
    case .readingHead, .answering, .leaving, .lingering, .closed:
      let origin = received?.headers.first(name: "origin")
      write(problem.answer, origin: origin, isHead: received?.method == .HEAD, fate: .close)
    }
  }

  /// - Parameter closing: the connection cannot be kept, whatever the client wishes.
  func send(_ answer: Answer, to head: RequestHead, closing: Bool) {
    let fate = closing || closesAfterAnswer || api.hub.isDraining ? .close : head.fate
    write(answer, origin: head.headers.first(name: "origin"), isHead: head.method == .HEAD, fate: fate)
  }

  private func write(_ answer: Answer, origin: String?, isHead: Bool, fate: ConnectionFate) {
    guard let context else { return }
    hasAnswered = true
    api.hub.answered(answer.status, answer.problem)
    var answer = answer
    answer.headers += rules.crossOrigin.headers(for: origin)
    var buffer = context.channel.allocator.buffer(capacity: 512 + (isHead ? 0 : answer.body.count))
    answer.write(to: &buffer, isHead: isHead, connection: fate, date: httpDate(wall: api.hub.now().wall))
    if fate.isClose { return linger(after: buffer) }
    state = .readingHead
    meter.requestEnded()
    startIdling()
    context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
  }

  /// Sends what is last, ends our side, and waits a little for the peer to end its own.
  func linger(after last: ByteBuffer) {
    guard let context else { return }
    state = .lingering
    discardInput()
    startIdling()
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in self.endOutput() }
    context.writeAndFlush(Self.wrapOutboundOut(last), promise: written)
  }

  private func endOutput() {
    guard case .lingering = state, let context else { return }
    isOutputDone = true
    guard !isInputClosed else { return close() }
    deadline = context.eventLoop.now + Self.lingerTime
    context.close(mode: .output, promise: nil)
  }
}
