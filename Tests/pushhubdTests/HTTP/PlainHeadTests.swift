import NIOHTTP1
import Testing

@testable import pushhubd

struct PlainHeadTests {
  private static func parse(_ text: String) -> HTTPRequestHead? {
    Array(text.utf8).withUnsafeBytes { PlainHead.parse($0) }
  }

  @Test func methodTargetAndFieldsAreReadAsTheyStandThere() throws {
    let head = try #require(
      Self.parse(
        "GET /sse/a?b=%20c HTTP/1.1\r\nHost: a:80\r\nx-empty:\r\nAccept:  text/event-stream, */*;q=0.1\r\n\r\n"))
    #expect(head.method == .GET && head.version == .http1_1 && head.uri == "/sse/a?b=%20c")
    #expect(head.headers.map(\.name) == ["Host", "x-empty", "Accept"])
    #expect(head.headers.map(\.value) == ["a:80", "", "text/event-stream, */*;q=0.1"])
  }

  /// Whatever is not beyond doubt is the HTTP library's to read.
  @Test(arguments: [
    "POST / HTTP/1.1\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n", "get / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\n\n", "GET  / HTTP/1.1\r\n\r\n", "GET /  HTTP/1.1\r\n\r\n",
    "GET * HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n", "GET /#a HTTP/1.1\r\n\r\n",
    "GET /\u{E9} HTTP/1.1\r\n\r\n",
    "\r\nGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\n\r\nG",
    "GET / HTTP/1.1\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\n: b\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nA: b \r\n\r\n", "GET / HTTP/1.1\r\nA:\tb\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\u{0}\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nA: \u{E9}\r\n\r\n",
    "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
    "GET / HTTP/1.1\r\nUPGRADE: a\r\n\r\n", "GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: keep-alive, close\r\n\r\n", "GET / HTTP/1.1\r\nProxy-Connection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nTrailer: a\r\n\r\n", "GET / HTTP/1.1\r\nTE: trailers\r\n\r\n",
    "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 65) + "\r\n", "",
  ])
  func everythingElseIsLeftToTheLibrary(text: String) { #expect(Self.parse(text) == nil) }

  @Test func noPartOfAHeadIsTakenForOne() {
    let whole = "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n"
    for count in 0..<whole.utf8.count { #expect(Self.parse(whole.cut(at: count).0) == nil) }
    #expect(Self.parse(whole) != nil)
  }
}
