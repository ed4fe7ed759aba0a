import Testing

@testable import pushhubd

/// Which pages may use a cookie.
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
      ([""], "hub.example", false), (["null"], "hub.example", false), (["*"], "*", false),
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
    // Once there is an origin, the method and what the browser says of the site do not matter.
    for sites in [[], ["cross-site"], ["same-origin"]] {
      let page = CookieRule.Page(origins: origins, fetchSites: sites)
      #expect(Self.rule.allows(page, isPost: true, scheme: "http", host: host) == isAllowed)
      #expect(Self.rule.allows(page, isPost: false, scheme: "http", host: host) == isAllowed)
    }
  }

  @Test(arguments: [
    ([], true), (["same-origin"], true), (["none"], true), (["same-site"], false), (["cross-site"], false),
    ([""], false), (["Same-Origin"], false), (["same-origin, cross-site"], false), (["none", "cross-site"], false),
  ])
  func withoutAnOriginTheBrowserMustNotSayThatItIsAnotherSite(sites: [String], isAllowed: Bool) {
    let page = CookieRule.Page(origins: [], fetchSites: sites)
    #expect(Self.rule.allows(page, isPost: false, scheme: "http", host: "hub.example") == isAllowed)
    #expect(!Self.rule.allows(page, isPost: true, scheme: "http", host: "hub.example"))
  }

  private static func allows(_ rule: CookieRule, _ origin: String, scheme: String, host: String) -> Bool {
    rule.allows(CookieRule.Page(origins: [origin], fetchSites: []), isPost: true, scheme: scheme, host: host)
  }

  @Test func theSchemeIsPartOfTheOwnOrigin() {
    let rule = CookieRule(allowedOrigins: [])
    #expect(Self.allows(rule, "https://hub.example", scheme: "https", host: "hub.example:443"))
    #expect(!Self.allows(rule, "http://hub.example", scheme: "https", host: "hub.example"))
    #expect(!Self.allows(rule, "http://hub.example", scheme: "https", host: "hub.example:80"))
  }

  @Test func aStarAllowsNothing() {
    let rule = CookieRule(allowedOrigins: ["*"])
    #expect(!Self.allows(rule, "https://x.example", scheme: "http", host: "hub.example"))
  }
}
