import Testing

@testable import pushhubd

struct CrossOriginTests {
  private static func names(_ fields: [HeaderField]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
  }

  @Test func offByDefault() {
    let rules = CrossOrigin(allowing: [])
    #expect(rules.headers(for: "https://a.example").isEmpty)
    #expect(rules.preflightHeaders(for: "https://a.example", methods: "GET").isEmpty)
  }

  @Test func listedOriginMaySendCredentials() {
    let fields = Self.names(CrossOrigin(allowing: ["https://a.example"]).headers(for: "https://a.example"))
    #expect(fields["Access-Control-Allow-Origin"] == "https://a.example")
    #expect(fields["Access-Control-Allow-Credentials"] == "true")
    #expect(fields["Access-Control-Expose-Headers"] == "Retry-After")
    #expect(fields["Vary"] == "Origin")
  }

  @Test(arguments: ["https://b.example", "https://a.example.evil", "null", nil])
  func otherOriginsGetNothingButVary(origin: String?) {
    let rules = CrossOrigin(allowing: ["https://a.example"])
    #expect(rules.headers(for: origin) == [HeaderField("Vary", "Origin")])
    #expect(rules.preflightHeaders(for: origin, methods: "GET").isEmpty)
  }

  @Test func anyOriginMayNotSendCredentials() {
    let fields = Self.names(CrossOrigin(allowing: ["*"]).headers(for: "https://b.example"))
    #expect(fields["Access-Control-Allow-Origin"] == "*")
    #expect(fields["Access-Control-Allow-Credentials"] == nil)
  }

  @Test func preflightNamesTheConfiguredHeadersToo() {
    let rules = CrossOrigin(allowing: ["*"], headers: ["traceparent", "baggage"])
    let fields = Self.names(rules.preflightHeaders(for: "https://b.example", methods: "GET"))
    #expect(
      fields["Access-Control-Allow-Headers"]
        == "Authorization, Content-Type, Last-Event-ID, X-Client-Id, traceparent, baggage")
  }

  @Test(arguments: [
    ("http://localhost:5173", true), ("https://localhost", true), ("http://127.0.0.1:3000", true),
    ("http://[::1]:3000", true), ("http://app.localhost:5173", true), ("http://localhost.evil.example", false),
    ("http://evil.example:80", false), ("http://127.0.0.1.evil.example", false), ("null", false),
    ("ftp://localhost", false), ("http://notlocalhost", false), ("http://localhost/x", false),
    ("https://192.0.2.1", false),
  ])
  func forDevelopmentThePagesOfThisMachineAreAllowed(origin: String, isAllowed: Bool) {
    let rules = CrossOrigin(allowing: [], allowsLoopback: true)
    let fields = Self.names(rules.headers(for: origin))
    #expect(fields["Access-Control-Allow-Origin"] == (isAllowed ? origin : nil))
    #expect(fields["Access-Control-Allow-Credentials"] == (isAllowed ? "true" : nil))
    #expect(fields["Vary"] == "Origin")
    #expect(rules.preflightHeaders(for: origin, methods: "GET").isEmpty != isAllowed)
    #expect(!CrossOrigin(allowing: ["https://a.example"]).allows(origin))
  }

  @Test func preflightNamesTheHeadersOfTheContract() {
    let fields = Self.names(
      CrossOrigin(allowing: ["*"]).preflightHeaders(for: "https://b.example", methods: "POST, OPTIONS"))
    #expect(fields["Access-Control-Allow-Headers"] == "Authorization, Content-Type, Last-Event-ID, X-Client-Id")
    #expect(fields["Access-Control-Allow-Methods"] == "POST, OPTIONS")
  }
}
