import Testing

@testable import pushhubd

struct RequestTargetTests {
  @Test(arguments: [
    ("/", [""]), ("/sse/send", ["sse", "send"]), ("/sse//send", ["sse", "", "send"]), ("/a/", ["a", ""]),
    ("/users/a%2Fb/x", ["users", "a/b", "x"]), ("/%E4%B8%AD", ["中"]), ("/a%00b", ["a\0b"]), ("/a+b", ["a+b"]),
    ("/a?x=/y", ["a"]), ("/a?", ["a"]), ("http://h/a/b?c", ["a", "b"]), ("HTTPS://h:1/a", ["a"]), ("http://h", [""]),
    ("/a/../b", ["a", "..", "b"]),
  ])
  func pathIsSplitThenDecoded(text: String, segments: [String]) throws {
    #expect(try #require(RequestTarget(text)).segments == segments)
  }

  @Test(arguments: [
    "", "a", "a/b", "%2F", "/%", "/%4", "/%4G", "/%+1", "/%ff", "/%c0%80", "/%ED%A0%80", "/a b", "/a#b", "/\u{7F}",
    "/ä",
    "/\t", "*a", "ftp://h/a", "host:80",
  ])
  func whatIsNoTargetIsRefused(text: String) { #expect(RequestTarget(text) == nil) }

  @Test func asteriskIsATargetOfItsOwn() throws { #expect(try #require(RequestTarget("*")).isAsterisk) }

  @Test func absoluteFormNamesTheHost() throws {
    #expect(try #require(RequestTarget("http://example.org:81/a")).authority == "example.org:81")
  }

  @Test(arguments: [
    ("/?a=1", "1"), ("/?b=2&a=1&a=3", "1"), ("/?a", ""), ("/?a=", ""), ("/?a=x+y%20z", "x y z"), ("/?%61=1", "1"),
    ("/?b=1", nil), ("/", nil), ("/?", nil), ("/?a=b=c", "b=c"), ("/?aa=1", nil), ("/?&&a=1", "1"),
  ])
  func parameterIsTheFirstOfItsName(text: String, value: String?) throws {
    #expect(try #require(RequestTarget(text)).parameter("a") == value)
  }

  @Test(arguments: ["/?a=%", "/?a=%f", "/?a=%ff", "/?a=%zz"])
  func parameterThatIsNoTextIsRefused(text: String) throws {
    let target = try #require(RequestTarget(text))
    #expect(throws: Problem.self) { try target.parameter("a") }
  }
}
