import Testing

@testable import pushhubd

/// Where the token is looked for.
struct TokenSourceTests {
  private static let all = TokenSource(cookie: "pushhub_token", queryParameter: "access_token")

  private func find(
    _ source: TokenSource = all, authorization: [String] = [], cookie: [String] = [], query: String? = nil
  ) -> TokenSource.Found {
    let fields: [FieldName: [String]] = [.authorization: authorization, .cookie: cookie]
    return source.find(fields: { fields[$0] ?? [] }, query: query.map { $0[...] })
  }

  @Test func theFirstPlaceDecides() {
    let (bearer, cookie, query) = (["Bearer a.b.c"], ["pushhub_token=d.e.f"], "access_token=g.h.i")
    #expect(find() == .none)
    #expect(find(authorization: bearer, cookie: cookie, query: query) == .bearer("a.b.c"))
    #expect(find(cookie: cookie, query: query) == .cookie("d.e.f"))
    #expect(find(query: query) == .query("g.h.i"))
    #expect(find(authorization: ["Bearer !"], cookie: cookie, query: query) == .malformed)
    #expect(find(authorization: ["Bearer"], cookie: cookie, query: query) == .malformed)
    #expect(find(cookie: ["pushhub_token=!"], query: query) == .cookie("!"))
  }

  @Test func whatIsSwitchedOffIsNotLookedAt() {
    let cookie = ["pushhub_token=d.e.f; =x"]
    for name in [nil, ""] {
      #expect(find(TokenSource(cookie: name, queryParameter: "t"), cookie: cookie, query: "t=1") == .query("1"))
      #expect(find(TokenSource(cookie: "c", queryParameter: name), cookie: cookie, query: "access_token=1&=2") == .none)
    }
    #expect(find(TokenSource(cookie: "c", queryParameter: "t"), cookie: cookie, query: "access_token=1") == .none)
  }

  @Test(
    arguments: [
      (["Bearer a.b-c_d"], .bearer("a.b-c_d")), (["bearer x"], .bearer("x")), (["BEARER x"], .bearer("x")),
      (["bEaReR \t x=  "], .bearer("x=")), ([" Bearer x"], .bearer("x")), (["Bearer\tx"], .bearer("x")),
      (["Bearer"], .malformed), (["Bearer "], .malformed), (["Bearer a b"], .malformed), (["Bearer a,b"], .malformed),
      (["Bearer \"a\""], .malformed), (["Bearer é"], .malformed), (["Bearer a", "Bearer a"], .malformed),
      (["Bearer a", "Basic x"], .malformed), ([""], .none), ([" "], .none), (["Bearer a\u{0}"], .malformed),
      (["Basic dTpw"], .none), (["Bearera.b.c"], .none), (["a.b.c"], .none), (["B\u{E9}arer x"], .none),
      (["\u{212A}earer x"], .none), (["Negotiate"], .none),
    ] as [([String], TokenSource.Found)])
  func authorization(values: [String], found: TokenSource.Found) {
    #expect(find(authorization: values) == found)
  }

  @Test(
    arguments: [
      (["pushhub_token=a"], .cookie("a")), (["x=1; pushhub_token=a; y=2"], .cookie("a")),
      (["x=1;pushhub_token=a;y=2"], .cookie("a")), (["pushhub_token = a "], .cookie("a")),
      (["pushhub_token=\"a\""], .cookie("a")), (["pushhub_token=a=b=="], .cookie("a=b==")),
      (["x=1", "pushhub_token=a"], .cookie("a")), (["pushhub_token=a; pushhub_token=b"], .cookie("a")),
      (["pushhub_token"], .none), (["pushhub_token="], .none), (["pushhub_token=\"\""], .none),
      (["Pushhub_Token=a"], .none), (["xpushhub_token=a"], .none), (["pushhub_tokenx=a"], .none), ([""], .none),
      (["x=\"; pushhub_token=a; \""], .cookie("a")), ([";;;=;"], .none), (["pushhub_token=\""], .cookie("\"")),
      (["x=pushhub_token=a"], .none),
    ] as [([String], TokenSource.Found)])
  func cookies(values: [String], found: TokenSource.Found) {
    #expect(find(cookie: values) == found)
  }

  @Test(
    arguments: [
      ("access_token=a.b.c", .query("a.b.c")), ("clientId=x&access_token=a&y", .query("a")),
      ("access_token=%61%2Eb", .query("a.b")),
      ("access%5Ftoken=a", .query("a")), ("access_token=a%3D", .query("a=")), ("access_token=a=b", .query("a=b")),
      ("access_token=a+b", .query("a+b")), ("&&access_token=a&", .query("a")), ("", .none), ("&", .none), ("=a", .none),
      ("Access_token=a", .none), ("xaccess_token=a", .none), ("%=a", .none), ("access_token", .malformed),
      ("access_token=", .malformed), ("access_token=%", .malformed), ("access_token=%4", .malformed),
      ("access_token=%zz", .malformed), ("access_token=%ff", .malformed), ("access_token=a&access_token=a", .malformed),
      ("access_token=a&access%5ftoken=b", .malformed),
    ] as [(String, TokenSource.Found)])
  func queries(query: String, found: TokenSource.Found) {
    #expect(find(query: query) == found)
  }
}
