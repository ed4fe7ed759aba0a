import Testing

@testable import pushhubd

/// Which pages may use a cookie to do something.
struct CookieRuleTests {
  private static let rule = CookieRule(allowedOrigins: [
    "https://app.example", "HTTP://Dev.Example:3000", "*", "null", "",
  ])

  @Test(
    arguments: [
      (["https://app.example"], "hub.example", true), (["https://app.example:443"], "hub.example", true),
      (["http://dev.example:3000"], "hub.example", true), (["http://hub.example"], "hub.example", true),
      (["http://hub.example:8888"], "hub.example:8888", true), (["http://HUB.example"], "hub.EXAMPLE:80", true),
      (["http://[::1]:8888"], "[::1]:8888", true), (["http://127.0.0.1"], "127.0.0.1:80", true),
      ([], "hub.example", false), ([""], "hub.example", false), (["null"], "hub.example", false), (["*"], "*", false),
      (["https://hub.example"], "hub.example", false), (["http://hub.example:81"], "hub.example", false),
      (["http://hub.example"], nil, false), (["http://hub.example"], "", false), (["http://"], "", false),
      (["http://app.example"], "hub.example", false), (["https://app.example:8443"], "hub.example", false),
      (["https://app.example.evil.example"], "hub.example", false), (["https://evilapp.example"], "hub.example", false),
      (["https://app.example/"], "hub.example", false), (["https://app.example@evil.example"], "hub.example", false),
      (["https://app.example https://evil.example"], "hub.example", false), (["app.example"], "hub.example", false),
      (["https://app.example", "https://app.example"], "hub.example", false), (["//app.example"], "hub.example", false),
      (["https://app.example."], "hub.example", false), (["https:app.example"], "hub.example", false),
      (["http://hub.example"], "hub.example/x", false), (["http://hub.example"], "x@hub.example", false),
      (["http://wor\u{212A}.example"], "work.example", false), (["https://app.example\r\nX: y"], "hub.example", false),
    ] as [([String], String?, Bool)])
  func origins(origins: [String], host: String?, isAllowed: Bool) {
    #expect(Self.rule.allows(origins: origins, scheme: "http", host: host) == isAllowed)
  }

  @Test func theSchemeIsPartOfTheOwnOrigin() {
    let rule = CookieRule(allowedOrigins: [])
    #expect(rule.allows(origins: ["https://hub.example"], scheme: "https", host: "hub.example:443"))
    #expect(!rule.allows(origins: ["http://hub.example"], scheme: "https", host: "hub.example"))
    #expect(!rule.allows(origins: ["http://hub.example"], scheme: "https", host: "hub.example:80"))
  }

  @Test func aStarAllowsNothing() {
    #expect(
      !CookieRule(allowedOrigins: ["*"]).allows(origins: ["https://x.example"], scheme: "http", host: "hub.example"))
  }
}
