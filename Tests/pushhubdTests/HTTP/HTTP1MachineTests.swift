import HubCore
import Synchronization
import Testing

@testable import pushhubd

struct HTTP1MachineTests {
  private static let head = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

  private static func post(_ path: String, _ body: String, token: String = "anna+publish", fields: String = "")
    -> String
  {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token(token))\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
  }

  // MARK: - Keeping the connection

  @Test func requestsOfOneConnectionAreAnsweredInTurn() {
    let connection = TestConnection()
    for _ in 0..<3 { #expect(connection.send(Self.head).statuses == [200]) }
    #expect(connection.isOpen)
  }

  // MARK: - A reload

  @Test func keptConnectionFollowsTheListOfOrigins() {
    let hub = TestHub()
    let connection = TestConnection(hub)
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nOrigin: https://b.example\r\n\r\n"
    #expect(!connection.send(request).contains("Access-Control-Allow-Origin"))
    hub.reload { $0.http.allowedOrigins = ["https://b.example"] }
    #expect(connection.send(request).contains("Access-Control-Allow-Origin: https://b.example"))
    hub.reload { $0.http.allowedOrigins = [] }
    #expect(!connection.send(request).contains("Access-Control-Allow-Origin"))
  }

  @Test func keptConnectionFollowsTheLimits() {
    let hub = TestHub {
      $0.http.maxHeaderBytes = 1024
      $0.http.maxBodyBytes = 16
    }
    let connection = TestConnection(hub)
    let long = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 5000))\r\n\r\n"
    let body = Self.post("/sse/broadcast", #"{"data":"0123456789"}"#)
    #expect(connection.send(Self.head).statuses == [200])
    hub.reload {
      $0.http.maxHeaderBytes = 8192
      $0.http.maxBodyBytes = 1 << 20
    }
    #expect(connection.send(long).statuses == [200])
    #expect(connection.send(body).statuses == [200])
    hub.reload { $0.http.maxHeaderBytes = 1024 }
    #expect(connection.send(long).statuses == [431])
  }

  @Test func requestUnderWayGoesOnAsItBegan() {
    let hub = TestHub()
    let connection = TestConnection(hub)
    let request = Self.post("/sse/broadcast", #"{"data":"0123456789"}"#)
    let (start, rest) = request.cut(at: request.utf8.count - 5)
    connection.send(start)
    hub.reload { $0.http.maxBodyBytes = 16 }
    #expect(connection.send(rest).statuses == [200])
    #expect(connection.send(request).statuses == [413])
  }

  @Test func keptConnectionFollowsTheTimeOuts() {
    let hub = TestHub()
    let connection = TestConnection(hub)
    #expect(connection.send(Self.head).statuses == [200])
    _ = connection.wait(milliseconds: 5_000)
    #expect(connection.isOpen)
    // It has been idle for longer than that already.
    hub.reload { $0.http.idleTimeout = 2_000 }
    _ = connection.wait(milliseconds: 1_000)
    #expect(connection.isClosed)
    let other = TestConnection(hub)
    #expect(other.send(Self.head).statuses == [200])
    hub.reload { $0.http.headerTimeout = 100 }
    other.send("GET ")
    // The next look was due in half a second.
    #expect(other.wait(milliseconds: 600).statuses == [408])
  }

  // MARK: - Several requests

  @Test func requestsSentTogetherAreAllAnswered() {
    let connection = TestConnection()
    let requests = Self.head + Self.post("/sse/broadcast", #"{"data":1}"#) + Self.head
    #expect(connection.send(requests + requests).statuses == [200, 200, 200, 200, 200, 200])
  }

  @Test func answerDoesNotDependOnHowTheRequestIsSplit() {
    let request = Self.post("/sse/broadcast", #"{"data":[1,2]}"#)
    for split in 1..<request.utf8.count {
      let hub = TestHub()
      let connection = TestConnection(hub)
      let (start, rest) = request.cut(at: split)
      #expect(connection.send(start) == "")
      #expect(connection.send(rest).statuses == [200])
      #expect(hub.frames == ["id: 7-1\nevent: broadcast\ndata: [1,2]\n\n"])
    }
  }

  @Test func chunkedBodyIsPutTogether() {
    let hub = TestHub()
    let connection = TestConnection(hub)
    let request =
      "POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token("anna+publish"))\r\n"
      + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "5;x=y;z;q=\"a \\\" b\"\r\n{\"dat\r\n005\r\na\":1}\r\n0\r\nTrailer: x\r\nOther:\r\n\r\n"
    #expect(connection.send(request + Self.head).statuses == [200, 200])
    #expect(hub.frames == ["id: 7-1\nevent: broadcast\ndata: 1\n\n"])
  }

  @Test(arguments: [
    ("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, "Connection: close\r\n"),
    ("GET /healthz HTTP/1.0\r\n\r\n", false, "Connection: close\r\n"),
    ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "Connection: keep-alive\r\n"),
    ("GET /healthz HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", false, "Connection: close\r\n"),
  ])
  func connectionIsKeptAsTheClientWishes(request: String, isKept: Bool, field: String) {
    let connection = TestConnection()
    let answer = connection.send(request + Self.head)
    #expect(answer.statuses == (isKept ? [200, 200] : [200]))
    #expect(answer.contains(field))
    #expect(connection.isOpen == isKept)
  }

  @Test func headAnswersWithoutContent() {
    let connection = TestConnection()
    let answer = connection.send("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(answer.contains("Content-Length: 2\r\n"))
    #expect(answer.hasSuffix("\r\n\r\n"))
    #expect(connection.send("HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("\r\n\r\n"))
  }

  @Test func nothingIsReadWhileThePeerDoesNotRead() {
    let connection = TestConnection()
    connection.isWritable = false
    #expect(connection.send(Self.head) == "")
    #expect(connection.send(Self.head) == "")
    connection.isWritable = true
    #expect(connection.received().statuses == [200])
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
  func whatTwoParsersCouldReadDifferentlyIsRefused(request: String) {
    let connection = TestConnection()
    let answer = connection.send(request + Self.head)
    #expect(answer.statuses == [400])
    #expect(answer.problemCode == "malformed-request")
    #expect(answer.contains("Connection: close\r\n"))
    #expect(!connection.isOpen)
  }

  @Test(arguments: [
    "1;\r\na\r\n", "1;a=\r\na\r\n", "1;a=\"b\r\na\r\n", "1;=b\r\na\r\n", "1 ;a\r\na\r\n", "0\r\nA : b\r\n\r\n",
    "0\r\n A: b\r\n\r\n", "0\r\nA: b\n\r\n", "1x\r\na\r\n", "\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "1\r\nab\r\n",
    "1\na\n", "5 \r\nx", "1\r\na0\r\n\r\n",
  ])
  func badChunksAreRefused(chunks: String) {
    let connection = TestConnection()
    let head =
      "POST /sse/send HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token("anna+publish"))\r\nContent-Type: application/json\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n"
    #expect(connection.send(head + chunks).statuses == [400])
    #expect(!connection.isOpen)
  }

  @Test(arguments: [(-1, 200), (0, 200), (1, 431)])
  func headMayBeAsLongAsTheLimit(excess: Int, status: Int) {
    let frame = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
    let padding = String(repeating: "x", count: 1024 - frame.utf8.count + excess)
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(padding)\r\n\r\n"
    let connection = TestConnection(TestHub { $0.http.maxHeaderBytes = 1024 })
    #expect(connection.send(request).statuses == [status])
  }

  @Test func longTargetIsRefusedAsSuch() {
    let connection = TestConnection()
    let answer = connection.send("GET /" + String(repeating: "x", count: 16_384))
    #expect(answer.statuses == [414])
    #expect(answer.problemCode == "target-too-long")
  }

  @Test func manyFieldsAreRefused() {
    let connection = TestConnection()
    let fields = (0..<101).map { "X\($0): y\r\n" }.joined()
    #expect(connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").statuses == [431])
  }

  @Test(arguments: [(-1, 200), (0, 200), (1, 413)])
  func bodyMayBeAsLongAsTheLimit(excess: Int, status: Int) {
    let body = #"{"data":""# + String(repeating: "x", count: 256 - 11 + excess) + #""}"#
    #expect(body.utf8.count == 256 + excess)
    let hub = TestHub { $0.http.maxBodyBytes = 256 }
    #expect(TestConnection(hub).send(Self.post("/sse/broadcast", body)).statuses == [status])
    let chunked =
      "POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token("anna+publish"))\r\n"
      + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
    #expect(TestConnection(hub).send(chunked).statuses == [status])
  }

  @Test func refusalKeepsTheConnectionWhereItMay() {
    let connection = TestConnection()
    let requests = Self.post("/sse/send", "{}", token: "anna") + Self.post("/sse/send", "{}") + Self.head
    #expect(connection.send(requests).statuses == [403, 400, 200])
    #expect(connection.isOpen)
  }

  @Test func unwantedBodyIsNotWaitedFor() {
    let connection = TestConnection()
    let head = "POST /sse/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let answer = connection.send(head)
    #expect(answer.statuses == [401])
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test func clientIsToldToGoOnWithItsBody() {
    let connection = TestConnection()
    let request = Self.post("/sse/broadcast", #"{"data":1}"#, fields: "Expect: 100-continue\r\n")
    #expect(connection.send(String(request.dropLast(10))) == "HTTP/1.1 100 Continue\r\n\r\n")
    #expect(connection.send(String(request.suffix(10))).statuses == [200])
    let refused = Self.post("/sse/send", "{}", token: "anna", fields: "Expect: 100-continue\r\n")
    #expect(connection.send(String(refused.dropLast(2))).statuses == [403])
    #expect(!connection.isOpen)
  }

  // MARK: - Time

  @Test func idleConnectionIsClosedWithoutAWord() {
    let connection = TestConnection()
    _ = connection.send(Self.head)
    #expect(connection.wait(milliseconds: 74_900) == "")
    #expect(connection.isOpen)
    #expect(connection.wait(milliseconds: 300) == "")
    #expect(!connection.isOpen)
  }

  @Test(arguments: [
    "G", "GET /healthz HTTP/1.1\r\nHost: a\r\n",
    "POST /sse/send HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token("anna+publish"))\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  ])
  func requestMustComeInWithinTheHeaderTime(start: String) {
    let connection = TestConnection()
    #expect(connection.send(start) == "")
    #expect(connection.wait(milliseconds: 9_900) == "")
    let answer = connection.wait(milliseconds: 300)
    #expect(answer.statuses == [408])
    #expect(answer.problemCode == "request-timeout")
    #expect(!connection.isOpen)
  }

  @Test func bytesThatTrickleInDoNotBuyTime() {
    let connection = TestConnection()
    var answer = ""
    for _ in 0..<11 where answer.isEmpty {
      answer = connection.send("G") + connection.wait(milliseconds: 1000)
      if answer.isEmpty { #expect(connection.isOpen) }
    }
    #expect([[400], [408]].contains(answer.statuses))
  }

  @Test func eachRequestHasItsOwnTime() {
    let connection = TestConnection()
    for _ in 0..<5 {
      #expect(connection.send(Self.head.cut(at: Self.head.utf8.count - 1).0) == "")
      #expect(connection.wait(milliseconds: 9_000) == "")
      #expect(connection.send("\n").statuses == [200])
    }
  }

  // MARK: - The end

  @Test func peerThatSendsNothingMoreIsAnsweredAndClosed() {
    let connection = TestConnection()
    #expect(connection.send(Self.head).statuses == [200])
    #expect(connection.sendEnd() == "")
    #expect(connection.isClosed)
  }

  @Test func requestThatIsCutOffIsNotAnswered() {
    let connection = TestConnection()
    #expect(connection.send(Self.head.cut(at: 20).0) == "")
    #expect(connection.sendEnd() == "")
    #expect(connection.isClosed)
  }

  @Test func readerOfTheLastAnswerHasAWhile() {
    let connection = TestConnection()
    #expect(connection.send("nonsense\r\n").statuses == [400])
    #expect(!connection.isOpen && !connection.isClosed)
    _ = connection.wait(milliseconds: 1_900)
    #expect(!connection.isClosed)
    _ = connection.wait(milliseconds: 200)
    #expect(connection.isClosed)
  }

  // MARK: - Streams

  private static let stream =
    "GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token("anna"))\r\n\r\n"

  @Test func streamBeginsBehindTheAnswersBeforeIt() throws {
    let connection = TestConnection()
    let answer = connection.send(Self.head + Self.stream + "whatever comes behind it")
    #expect(answer.statuses == [200, 200])
    #expect(connection.stream != nil)
    #expect(answer.contains("Content-Type: text/event-stream; charset=utf-8\r\n"))
    #expect(answer.contains("Transfer-Encoding: chunked\r\n\r\n"))
    #expect(answer.contains("event: welcome\n"))
    #expect(connection.hub.openedSockets == [7])
  }

  /// Its first bytes must fit the socket, which may be full of other answers.
  @Test func streamWaitsUntilTheAnswersBeforeItAreWritten() {
    let connection = TestConnection()
    connection.isWritable = false
    connection.send(Self.head + Self.stream)
    #expect(connection.hub.openedSockets == [])
    connection.isWritable = true
    #expect(connection.received().statuses == [200, 200])
    #expect(connection.stream != nil)
  }

  @Test func streamThatWaitedAndIsRefusedKeepsTheRequestsBehindIt() {
    let connection = TestConnection()
    let refused = Self.stream.replacing("auth ", with: "auth?clientId=%01 ")
    #expect(connection.send(Self.head + refused + Self.head).statuses == [200, 400, 200])
    #expect(connection.isOpen)
  }

  @Test func olderClientsGetTheStreamWithoutChunks() {
    let connection = TestConnection()
    let answer = connection.send(Self.stream.replacing("HTTP/1.1", with: "HTTP/1.0"))
    #expect(answer.contains("Connection: close\r\n\r\n"))
    #expect(!answer.contains("chunked"))
    #expect(connection.stream != nil)
  }

  @Test func streamNeedsADescriptorThatOthersDoNot() {
    let connection = TestConnection(hasRoom: false)
    #expect(connection.send(Self.stream).problemCode == "hub-full")
    #expect(connection.stream == nil)
    #expect(connection.hub.openedSockets == [])
    // The next one may have another descriptor.
    #expect(!connection.isOpen)
    #expect(TestConnection(hasRoom: false).send(Self.head).statuses == [200])
  }

  // MARK: - Places

  private static func places(_ count: Int) -> TestHub { TestHub { $0.limits.httpConnections = count } }

  @Test func requestOnOneConnectionTooManyIsRefused() {
    let hub = Self.places(1)
    let first = TestConnection(hub)
    #expect(first.send(Self.head).statuses == [200])
    let second = TestConnection(hub)
    let answer = second.send(Self.post("/sse/broadcast", #"{"data":1}"#))
    #expect(answer.problemCode == "hub-full")
    #expect(answer.contains("Connection: close\r\n") && answer.contains("Retry-After: "))
    #expect(!second.isOpen)
    #expect(hub.frames == [])
  }

  @Test func halfARequestOnOneTooManyIsClosedAfterAWhile() {
    let connection = TestConnection(Self.places(0))
    #expect(connection.send("GET /") == "")
    #expect(connection.requirePlace(ofNewFor: 1) == "" && connection.isOpen)
    _ = connection.wait(milliseconds: 1)
    #expect(connection.requirePlace(ofNewFor: 1) == "" && connection.isClosed)
  }

  @Test func requestForAStreamWhoseContentIsMissingIsRefusedAfterAWhile() {
    let connection = TestConnection(Self.places(0))
    let request = Self.stream.replacing("Host: a\r\n", with: "Host: a\r\nContent-Length: 1\r\n")
    #expect(connection.send(request) == "")
    _ = connection.wait(milliseconds: 1)
    #expect(connection.requirePlace(ofNewFor: 1).problemCode == "hub-full")
  }

  @Test func streamNeedsNoPlaceHoweverItsRequestIsCut() {
    for place in 1..<Self.stream.utf8.count {
      let connection = TestConnection(Self.places(0))
      let (start, rest) = Self.stream.cut(at: place)
      #expect(connection.send(start) == "")
      #expect(connection.send(rest).statuses == [200])
      #expect(connection.stream != nil)
    }
  }

  @Test func streamNeedsNoPlace() {
    let connection = TestConnection(Self.places(0))
    #expect(connection.send(Self.stream).statuses == [200])
    #expect(connection.stream != nil)
  }

  @Test func streamThatIsRefusedIsKeptOnlyWithAPlace() {
    let refused = Self.stream.replacing(TestHub.token("anna"), with: TestHub.token("anna+bad"))
    let without = TestConnection(Self.places(0)).send(refused)
    #expect(without.statuses == [401] && without.contains("Connection: close\r\n"))
    let with = TestConnection(Self.places(1)).send(refused)
    #expect(with.statuses == [401] && !with.contains("Connection: close\r\n"))
  }

  @Test func whoIsSilentForAWhileNeedsAPlace() {
    let connection = TestConnection(Self.places(0))
    #expect(connection.requirePlace(ofNewFor: 1) == "" && connection.isOpen)
    _ = connection.wait(milliseconds: 1)
    #expect(connection.requirePlace(ofNewFor: 1) == "" && connection.isClosed)
  }

  @Test func placeIsGivenBackWithTheConnection() {
    let hub = Self.places(1)
    for _ in 0..<3 { #expect(TestConnection(hub).send(Self.head).statuses == [200]) }
  }

  @Test func readerThatTakesNothingIsCut() {
    let connection = TestConnection()
    connection.isWritable = false
    connection.send(Self.head + Self.head)
    _ = connection.wait(milliseconds: 74_900)
    #expect(!connection.isClosed)
    _ = connection.wait(milliseconds: 200)
    #expect(connection.isClosed)
    let last = TestConnection()
    last.isWritable = false
    last.send("nonsense\r\n")
    _ = last.wait(milliseconds: 2_100)
    #expect(last.isClosed)
  }

  // MARK: - Stopping

  @Test func keptConnectionEndsWhenTheHubStops() {
    let connection = TestConnection()
    #expect(connection.send(Self.head).statuses == [200])
    connection.quiesce()
    #expect(connection.isOpen)
    // Its reader has a moment to see that before the connection is cut.
    #expect(connection.wait(milliseconds: 300) == "")
    #expect(!connection.isOpen && !connection.isClosed)
    _ = connection.wait(milliseconds: 2_000)
    #expect(connection.isClosed)
  }

  @Test func firstRequestIsStillAnsweredWhenTheHubStops() {
    let connection = TestConnection()
    connection.quiesce()
    let answer = connection.send(Self.head)
    #expect(answer.statuses == [200])
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test func requestOnItsWayOnAKeptConnectionIsAnsweredWhenTheHubStops() {
    let connection = TestConnection()
    #expect(connection.send(Self.head).statuses == [200])
    connection.quiesce()
    let answer = connection.send(Self.head)
    #expect(answer.statuses == [200])
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test func connectionThatAsksNothingIsClosedWhenTheHubStops() {
    let connection = TestConnection()
    connection.quiesce()
    #expect(connection.isOpen)
    _ = connection.wait(milliseconds: 600)
    #expect(connection.isClosed)
  }

  @Test func requestUnderWayIsAnsweredWhenTheHubStops() {
    let connection = TestConnection()
    _ = connection.send(Self.head.cut(at: Self.head.utf8.count - 1).0)
    connection.quiesce()
    #expect(connection.isOpen)
    let answer = connection.send("\n")
    #expect(answer.statuses == [200])
    #expect(answer.contains("Connection: close\r\n"))
  }
}
