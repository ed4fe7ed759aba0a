import Testing

@testable import pushhubd

struct MediaTypesTests {
  @Test(arguments: [
    ([], true), (["text/event-stream"], true), (["*/*"], true), (["text/*"], true), (["TEXT/Event-Stream; x=1"], true),
    (["text/html, */*;q=0.1"], true), (["application/json"], false), (["text/html,application/xhtml+xml"], false),
    (["text/event-stream;q=0"], false), (["text/event-stream;q=0, */*"], false), (["*/*;q=0, text/event-stream"], true),
    (["text/*;q=0.000"], false), (["text/*;q=0.001"], true), ([""], true), ([";;,,"], true),
    (["application/json", "text/event-stream"], true), (["*/*; q=0"], false),
  ])
  func acceptRulesStreamsInOrOut(values: [String], isAccepted: Bool) {
    #expect(acceptsEventStream(values) == isAccepted)
  }

  @Test(arguments: [
    ("application/json", true), ("Application/JSON; charset=utf-8", true), (" application/json ", true), ("", false),
    ("text/plain", false), ("application/jsonx", false), ("application/problem+json", false),
    ("application/x-www-form-urlencoded", false),
  ])
  func contentTypeMustBeJSON(type: String, isTaken: Bool) { #expect(isJSON(contentType: type) == isTaken) }
}
