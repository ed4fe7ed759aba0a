import HubProtocol
import Testing

@testable import pushhubd

struct TopicGrantsTests {
  @Test(arguments: [
    (["a"], "a", true), (["a"], "A", false), (["a"], "ab", false), (["a/*"], "a/b", true), (["a/*"], "a/", false),
    (["a/*"], "a", false), (["a/*"], "ab/c", false), (["*"], "a", true), (["*"], "user:43", true),
    (["a*"], "ab", false),
    (["a*"], "a*", true), (["*/*"], "*/x", true), (["*/*"], "a/x", false), ([], "a", false), ([""], "a", false),
    (["a "], "a", false), (["e\u{301}"], "\u{E9}", false), (["e\u{301}/*"], "\u{E9}/x", false), (["/*"], "/x", true),
    (["a", "b/*"], "b/c", true),
  ])
  func grantsNamesAndPatterns(texts: [String], name: String, isGranted: Bool) throws {
    var grants = TopicGrants.none
    for text in texts { grants.add(text) }
    #expect(grants.grants(try #require(TopicName(name))) == isGranted)
  }

  @Test(arguments: [
    (#"{"sub":"1","topics":["a","b/*"]}"#, true), (#"{"sub":"1","topics":"a b/*"}"#, true),
    (#"{"sub":"1","topics":{"a":1}}"#, false), (#"{"sub":"1","topics":1}"#, false), (#"{"sub":"1"}"#, false),
    (#"{"sub":"1","topics":[1,null,["a"],"a"]}"#, true), (#"{"sub":"1","topics":[["a"]]}"#, false),
    (#"{"sub":"1","topics":"\ud800"}"#, false), (#"{"sub":"1","Topics":"a"}"#, false),
  ])
  func areReadFromTheClaim(claims: String, isGranted: Bool) throws {
    let grants = try Claims(Array(claims.utf8)).grants(in: "topics")
    #expect(grants.grants(try #require(TopicName("a"))) == isGranted)
  }
}
