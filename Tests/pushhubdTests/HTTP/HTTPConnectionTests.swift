import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import pushhubd

struct HTTPConnectionTests {
  private static let head = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

  private static func post(_ path: String, _ body: String, token: String = "anna+publish", fields: String = "")
    -> String
  {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
  }

  // MARK: - Keeping the connection

  @Test func requestsOfOneConnectionAreAnsweredInTurn() throws {
    let connection = try TestConnection()
    for _ in 0..<3 { #expect(try connection.send(Self.head).statuses == [200]) }
    #expect(connection.isOpen)
  }

  // MARK: - A reload

  private static func rules(_ change: (inout HTTPOptions) -> Void) -> HTTPRules {
    var options = HTTPOptions()
    change(&options)
    return HTTPRules(options)
  }

  @Test func keptConnectionFollowsTheListOfOrigins() throws {
    let hub = TestHub()
    let connection = try TestConnection(hub)
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nOrigin: https://b.example\r\n\r\n"
    #expect(try !connection.send(request).contains("Access-Control-Allow-Origin"))
    hub.state.withLock { $0.rules = Self.rules { $0.allowedOrigins = ["https://b.example"] } }
    #expect(try connection.send(request).contains("Access-Control-Allow-Origin: https://b.example"))
    hub.state.withLock { $0.rules = Self.rules { _ in } }
    #expect(try !connection.send(request).contains("Access-Control-Allow-Origin"))
  }

  @Test func keptConnectionFollowsTheLimits() throws {
    let hub = TestHub(HTTPOptions(maxHeaderBytes: 1024, maxBodyBytes: 16))
    let connection = try TestConnection(hub)
    let long = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 5000))\r\n\r\n"
    let body = Self.post("/sse/broadcast", #"{"data":"0123456789"}"#)
    #expect(try connection.send(Self.head).statuses == [200])
    hub.state.withLock { $0.rules = Self.rules { $0.maxHeaderBytes = 8192 } }
    #expect(try connection.send(long).statuses == [200])
    #expect(try connection.send(body).statuses == [200])
    hub.state.withLock { $0.rules = Self.rules { $0.maxHeaderBytes = 1024 } }
    #expect(try connection.send(long).statuses == [431])
  }

  @Test func requestUnderWayGoesOnAsItBegan() throws {
    let hub = TestHub()
    let connection = try TestConnection(hub)
    let request = Self.post("/sse/broadcast", #"{"data":"0123456789"}"#)
    let (start, rest) = request.cut(at: request.utf8.count - 5)
    try connection.send(start)
    hub.state.withLock { $0.rules = Self.rules { $0.maxBodyBytes = 16 } }
    #expect(try connection.send(rest).statuses == [200])
    #expect(try connection.send(request).statuses == [413])
  }

  @Test func keptConnectionFollowsTheTimeOuts() throws {
    let hub = TestHub()
    let connection = try TestConnection(hub)
    #expect(try connection.send(Self.head).statuses == [200])
    _ = try connection.wait(milliseconds: 5_000)
    #expect(connection.isOpen)
    // It has been idle for longer than that already.
    hub.state.withLock { $0.rules = Self.rules { $0.idleTimeout = 2_000 } }
    _ = try connection.wait(milliseconds: 1_000)
    #expect(!connection.isOpen)
    let other = try TestConnection(hub)
    #expect(try other.send(Self.head).statuses == [200])
    hub.state.withLock { $0.rules = Self.rules { $0.headerTimeout = 100 } }
    try other.send("GET ")
    // The next look was due in half a second.
    #expect(try other.wait(milliseconds: 600).statuses == [408])
  }

  // MARK: - Several requests

  @Test func requestsSentTogetherAreAllAnswered() throws {
    let connection = try TestConnection()
    let requests = Self.head + Self.post("/sse/broadcast", #"{"data":1}"#) + Self.head
    #expect(try connection.send(requests + requests).statuses == [200, 200, 200, 200, 200, 200])
  }

  @Test func answerDoesNotDependOnHowTheRequestIsSplit() throws {
    let request = Self.post("/sse/broadcast", #"{"data":[1,2]}"#)
    for split in 1..<request.utf8.count {
      let hub = TestHub()
      let connection = try TestConnection(hub)
      let (start, rest) = request.cut(at: split)
      #expect(try connection.send(start) == "")
      #expect(try connection.send(rest).statuses == [200])
      #expect(hub.shard.frames == ["id: 7-1\nevent: broadcast\ndata: [1,2]\n\n"])
    }
  }

  @Test func chunkedBodyIsPutTogether() throws {
    let hub = TestHub()
    let connection = try TestConnection(hub)
    let request =
      "POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna+publish\r\n"
      + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "5;x=y\r\n{\"dat\r\n5\r\na\":1}\r\n0\r\nTrailer: x\r\n\r\n"
    #expect(try connection.send(request + Self.head).statuses == [200, 200])
    #expect(hub.shard.frames == ["id: 7-1\nevent: broadcast\ndata: 1\n\n"])
  }

  @Test(arguments: [
    ("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, "Connection: close\r\n"),
    ("GET /healthz HTTP/1.0\r\n\r\n", false, "Connection: close\r\n"),
    ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "Connection: keep-alive\r\n"),
    ("GET /healthz HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", false, "Connection: close\r\n"),
  ])
  func connectionIsKeptAsTheClientWishes(request: String, isKept: Bool, field: String) throws {
    let connection = try TestConnection()
    let answer = try connection.send(request + Self.head)
    #expect(answer.statuses == (isKept ? [200, 200] : [200]))
    #expect(answer.contains(field))
    #expect(connection.isOpen == isKept)
  }

  @Test func headAnswersWithoutContent() throws {
    let connection = try TestConnection()
    let answer = try connection.send("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(answer.contains("Content-Length: 2\r\n"))
    #expect(answer.hasSuffix("\r\n\r\n"))
    #expect(try connection.send("HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("\r\n\r\n"))
  }

  @Test func nothingIsReadWhileThePeerDoesNotRead() throws {
    let connection = try TestConnection()
    connection.channel.isWritable = false
    #expect(try connection.send(Self.head) == "")
    connection.channel.isWritable = true
    connection.channel.pipeline.fireChannelWritabilityChanged()
    #expect(try connection.received().statuses == [200])
  }

  // MARK: - Refusals

  @Test(arguments: [
    "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET /\r\n\r\n",
    "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET / HTTP/0.9\r\n\r\n",
    "get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
    "GET / HTTP/1.1\r\nX: y\r\n z\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", "GET % HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ])
  func whatTwoParsersCouldReadDifferentlyIsRefused(request: String) throws {
    let connection = try TestConnection()
    let answer = try connection.send(request + Self.head)
    #expect(answer.statuses == [400])
    #expect(answer.problemCode == "malformed-request")
    #expect(answer.contains("Connection: close\r\n"))
    #expect(!connection.isOpen)
  }

  @Test(arguments: [
    "1x\r\na\r\n", "\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "1\r\nab\r\n", "1\na\n", "5 \r\nx", "1\r\na0\r\n\r\n",
  ])
  func badChunksAreRefused(chunks: String) throws {
    let connection = try TestConnection()
    let head =
      "POST /sse/send HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna+publish\r\nContent-Type: application/json\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n"
    #expect(try connection.send(head + chunks).statuses == [400])
    #expect(!connection.isOpen)
  }

  @Test(arguments: [(-1, 200), (0, 200), (1, 431)])
  func headMayBeAsLongAsTheLimit(excess: Int, status: Int) throws {
    let frame = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
    let padding = String(repeating: "x", count: 1024 - frame.utf8.count + excess)
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(padding)\r\n\r\n"
    let connection = try TestConnection(TestHub(HTTPOptions(maxHeaderBytes: 1024)))
    #expect(try connection.send(request).statuses == [status])
  }

  @Test func longTargetIsRefusedAsSuch() throws {
    let connection = try TestConnection()
    let answer = try connection.send("GET /" + String(repeating: "x", count: 16_384))
    #expect(answer.statuses == [414])
    #expect(answer.problemCode == "target-too-long")
  }

  @Test func manyFieldsAreRefused() throws {
    let connection = try TestConnection()
    let fields = (0..<101).map { "X\($0): y\r\n" }.joined()
    #expect(try connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").statuses == [431])
  }

  @Test(arguments: [(-1, 200), (0, 200), (1, 413)])
  func bodyMayBeAsLongAsTheLimit(excess: Int, status: Int) throws {
    let body = #"{"data":""# + String(repeating: "x", count: 256 - 11 + excess) + #""}"#
    #expect(body.utf8.count == 256 + excess)
    let options = HTTPOptions(maxBodyBytes: 256)
    #expect(try TestConnection(TestHub(options)).send(Self.post("/sse/broadcast", body)).statuses == [status])
    let chunked =
      "POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna+publish\r\n"
      + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
    #expect(try TestConnection(TestHub(options)).send(chunked).statuses == [status])
  }

  @Test func refusalKeepsTheConnectionWhereItMay() throws {
    let connection = try TestConnection()
    let requests = Self.post("/sse/send", "{}", token: "anna") + Self.post("/sse/send", "{}") + Self.head
    #expect(try connection.send(requests).statuses == [403, 400, 200])
    #expect(connection.isOpen)
  }

  @Test func unwantedBodyIsNotWaitedFor() throws {
    let connection = try TestConnection()
    let head = "POST /sse/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let answer = try connection.send(head)
    #expect(answer.statuses == [401])
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test func clientIsToldToGoOnWithItsBody() throws {
    let connection = try TestConnection()
    let request = Self.post("/sse/broadcast", #"{"data":1}"#, fields: "Expect: 100-continue\r\n")
    #expect(try connection.send(String(request.dropLast(10))) == "HTTP/1.1 100 Continue\r\n\r\n")
    #expect(try connection.send(String(request.suffix(10))).statuses == [200])
    let refused = Self.post("/sse/send", "{}", token: "anna", fields: "Expect: 100-continue\r\n")
    #expect(try connection.send(String(refused.dropLast(2))).statuses == [403])
    #expect(!connection.isOpen)
  }

  // MARK: - Time

  @Test func idleConnectionIsClosedWithoutAWord() throws {
    let connection = try TestConnection()
    _ = try connection.send(Self.head)
    #expect(try connection.wait(milliseconds: 74_900) == "")
    #expect(connection.isOpen)
    #expect(try connection.wait(milliseconds: 300) == "")
    #expect(!connection.isOpen)
    #expect(connection.sweep.count == 0)
  }

  @Test(arguments: [
    "G", "GET /healthz HTTP/1.1\r\nHost: a\r\n",
    "POST /sse/send HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna+publish\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  ])
  func requestMustComeInWithinTheHeaderTime(start: String) throws {
    let connection = try TestConnection()
    #expect(try connection.send(start) == "")
    #expect(try connection.wait(milliseconds: 9_900) == "")
    let answer = try connection.wait(milliseconds: 300)
    #expect(answer.statuses == [408])
    #expect(answer.problemCode == "request-timeout")
    #expect(!connection.isOpen)
  }

  @Test func bytesThatTrickleInDoNotBuyTime() throws {
    let connection = try TestConnection()
    var answer = ""
    for _ in 0..<11 where answer.isEmpty {
      answer = try connection.send("G") + connection.wait(milliseconds: 1000)
      if answer.isEmpty { #expect(connection.isOpen) }
    }
    #expect([[400], [408]].contains(answer.statuses))
  }

  @Test func eachRequestHasItsOwnTime() throws {
    let connection = try TestConnection()
    for _ in 0..<5 {
      #expect(try connection.send(Self.head.cut(at: Self.head.utf8.count - 1).0) == "")
      #expect(try connection.wait(milliseconds: 9_000) == "")
      #expect(try connection.send("\n").statuses == [200])
    }
  }

  // MARK: - Stopping

  @Test func keptConnectionEndsWhenTheHubStops() throws {
    let connection = try TestConnection()
    #expect(try connection.send(Self.head).statuses == [200])
    let promise = connection.channel.eventLoop.makePromise(of: Void.self)
    connection.sweep.quiesce(whenEmpty: promise)
    // Its reader has a moment to see that before the connection is cut.
    _ = try connection.wait(milliseconds: 4_000)
    try promise.futureResult.wait()
    #expect(!connection.isOpen)
  }

  @Test func firstRequestIsStillAnsweredWhenTheHubStops() throws {
    let connection = try TestConnection()
    connection.sweep.quiesce(whenEmpty: connection.channel.eventLoop.makePromise(of: Void.self).succeedLater())
    let answer = try connection.send(Self.head)
    #expect(answer.statuses == [200])
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test func requestOnItsWayOnAKeptConnectionIsAnsweredWhenTheHubStops() throws {
    let connection = try TestConnection()
    #expect(try connection.send(Self.head).statuses == [200])
    connection.sweep.quiesce(whenEmpty: connection.channel.eventLoop.makePromise(of: Void.self).succeedLater())
    let answer = try connection.send(Self.head)
    #expect(answer.statuses == [200])
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test func connectionThatAsksNothingIsClosedWhenTheHubStops() throws {
    let connection = try TestConnection()
    let promise = connection.channel.eventLoop.makePromise(of: Void.self)
    connection.sweep.quiesce(whenEmpty: promise)
    #expect(connection.isOpen)
    _ = try connection.wait(milliseconds: 2_000)
    try promise.futureResult.wait()
    #expect(!connection.isOpen)
  }

  @Test func requestUnderWayIsAnsweredWhenTheHubStops() throws {
    let connection = try TestConnection()
    _ = try connection.send(Self.head.cut(at: Self.head.utf8.count - 1).0)
    connection.sweep.quiesce(whenEmpty: connection.channel.eventLoop.makePromise(of: Void.self).succeedLater())
    #expect(connection.isOpen)
    let answer = try connection.send("\n")
    #expect(answer.statuses == [200])
    #expect(answer.contains("Connection: close\r\n"))
  }
}

extension EventLoopPromise<Void> {
  /// The same promise, of which nobody waits for the result.
  fileprivate func succeedLater() -> Self {
    futureResult.whenComplete { _ in }
    return self
  }
}
