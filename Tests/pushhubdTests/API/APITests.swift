import HubCore
import HubProtocol
import Synchronization
import Testing

@testable import pushhubd

struct APITests {
  private static let connection = ConnectionID(high: 1, low: 2)

  private static func answer(
    _ method: String, _ path: String, token: String? = nil, body: String? = nil, fields: String = "",
    hub: TestHub = TestHub()
  ) -> String {
    var request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)"
    if let token { request += "Authorization: Bearer \(TestHub.token(token))\r\n" }
    if let body {
      request += "Content-Length: \(body.utf8.count)\r\n"
      if !fields.contains("Content-Type") { request += "Content-Type: application/json\r\n" }
    }
    return TestConnection(hub).send(request + "\r\n" + (body ?? ""))
  }

  // Columns: no token, a bad one, anna, anna who publishes, an administrator.
  @Test(arguments: [
    ("GET", "/sse/stats", nil, [401, 401, 403, 403, 200]),
    ("HEAD", "/sse/stats", nil, [401, 401, 403, 403, 200]),
    ("GET", "/metrics", nil, [401, 401, 403, 403, 200]),
    ("GET", "/sse/users/anna/connections", nil, [401, 401, 200, 200, 200]),
    ("GET", "/sse/presence?topic=room", nil, [401, 401, 403, 403, 404]),
    ("GET", "/healthz", nil, [200, 200, 200, 200, 200]),
    ("POST", "/sse/send", #"{"userId":1,"data":1}"#, [401, 401, 403, 200, 403]),
    ("POST", "/sse/broadcast", #"{"data":1}"#, [401, 401, 403, 200, 403]),
    ("POST", "/sse/users/anna/disconnect", nil, [401, 401, 200, 200, 200]),
    ("POST", "/sse/users/bert/disconnect", nil, [401, 401, 403, 403, 200]),
    ("POST", "/sse/users/anna/revoke", nil, [401, 401, 403, 403, 200]),
    ("POST", "/sse/users/anna/unrevoke", nil, [401, 401, 403, 403, 200]),
    ("POST", "/sse/users/anna/block", "{}", [401, 401, 403, 403, 200]),
    ("POST", "/sse/users/anna/unblock", "", [401, 401, 403, 403, 200]),
    ("POST", "/sse/connections/\(connection)/renew", nil, [401, 401, 404, 404, 404]),
    ("HEAD", "/sse/connect/auth", nil, [401, 401, 200, 200, 200]),
  ])
  func scopesDecide(method: String, path: String, body: String?, statuses: [Int]) {
    for (token, status) in zip([nil, "anna+bad", "anna", "anna+publish", "root+admin"], statuses) {
      let answer = Self.answer(method, path, token: token, body: body)
      #expect(answer.statuses == [status], "\(token ?? "no token")")
    }
  }

  @Test(arguments: [
    ("POST", "/healthz", "GET, HEAD, OPTIONS"), ("GET", "/sse/send", "POST, OPTIONS"),
    ("HEAD", "/sse/broadcast", "POST, OPTIONS"), ("DELETE", "/sse/connect/auth", "GET, HEAD, OPTIONS"),
    ("PUT", "/sse/users/1/disconnect", "POST, OPTIONS"), ("TRACE", "/metrics", "GET, HEAD, OPTIONS"),
  ])
  func otherMethodsAreRefusedWithThoseAllowed(method: String, path: String, allowed: String) {
    let answer = Self.answer(method, path, token: "anna")
    #expect(answer.statuses == [405])
    #expect(answer.contains("Allow: \(allowed)\r\n"))
  }

  @Test(arguments: [
    ("POST", "/sse/send", nil, "", 411), ("POST", "/sse/send", "", "", 400),
    ("POST", "/sse/send", "{}", "Content-Type: text/plain\r\n", 415),
    ("POST", "/sse/send", "{}", "Content-Type: application/json; charset=utf-8\r\n", 400),
    ("POST", "/nothing", "{}", "", 404),
    ("POST", "/sse/users/anna/disconnect", "", "", 200), ("POST", "/sse/users/anna/disconnect", "{}", "", 200),
    ("POST", "/sse/users/anna/disconnect", "{}", "Content-Type: text/plain\r\n", 415),
    ("POST", "/sse/users/anna/disconnect", "[]", "", 400),
    ("GET", "/sse/connect/auth", nil, "Accept: application/json\r\n", 406),
    ("GET", "/sse/connect/auth?clientId=%01", nil, "", 400),
    ("GET", "/sse/connect/auth", nil, "X-Client-Id: \(String(repeating: "x", count: 129))\r\n", 400),
    ("GET", "/sse/connect/auth", nil, "Last-Event-ID: 1\r\nLast-Event-ID: 2\r\n", 400),
    ("GET", "/sse/connect/auth", nil, "Last-Event-ID: closed\r\n", 204),
    ("GET", "/sse/connect/auth?lastEventId=closed", nil, "", 204),
    ("GET", "/sse/connect/auth?last_event_id=closed", nil, "", 204),
  ])
  func requestIsCheckedBeforeItIsDone(method: String, path: String, body: String?, fields: String, status: Int) {
    let answer = Self.answer(method, path, token: "anna+publish", body: body, fields: fields)
    #expect(answer.statuses == [status])
    #expect(answer.contains("application/problem+json") == (status >= 400))
  }

  @Test func missingTokenAndBadTokenAreToldApart() {
    let missing = Self.answer("GET", "/sse/stats")
    #expect(missing.contains("WWW-Authenticate: Bearer\r\n"))
    #expect(missing.problemCode == "missing-token")
    let bad = Self.answer("GET", "/sse/stats", token: "anna+bad")
    #expect(
      bad.contains(
        #"WWW-Authenticate: Bearer error="invalid_token", error_description="The token's signature is not valid""#
          + "\r\n"))
    #expect(bad.problemCode == "invalid-token")
    let scope = Self.answer("GET", "/sse/stats", token: "anna")
    #expect(scope.contains(#"WWW-Authenticate: Bearer error="insufficient_scope", scope="pushhub:admin""# + "\r\n"))
  }

  @Test func whoIsTooFastIsToldWhenToComeBack() {
    let hub = TestHub { $0.limits.requestsPerSecond = 1 }
    let connection = TestConnection(hub)
    let request = "HEAD /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(TestHub.token("anna"))\r\n\r\n"
    let answer = connection.send(request + request + request)
    #expect(answer.statuses == [200, 200, 429])
    #expect(answer.contains("Retry-After: 1\r\n"))
  }

  @Test func preflightIsAnsweredForEveryEndpoint() {
    let hub = TestHub { $0.http.allowedOrigins = ["https://a.example"] }
    for (path, methods) in [
      ("/sse/connect/auth", "GET, HEAD, OPTIONS"), ("/sse/send", "POST, OPTIONS"), ("/healthz", "GET, HEAD, OPTIONS"),
      ("/sse/connections/\(Self.connection)/renew", "POST, OPTIONS"),
    ] {
      let fields = "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n"
      let answer = Self.answer("OPTIONS", path, fields: fields, hub: hub)
      #expect(answer.statuses == [204])
      #expect(answer.contains("Access-Control-Allow-Methods: \(methods)\r\n"))
      #expect(answer.contains("Access-Control-Allow-Origin: https://a.example\r\n"))
    }
    #expect(Self.answer("OPTIONS", "*").statuses == [204])
    #expect(Self.answer("OPTIONS", "/nothing").statuses == [404])
  }

  @Test func problemsCarryCORSFieldsToo() {
    let hub = TestHub { $0.http.allowedOrigins = ["*"] }
    let answer = Self.answer("GET", "/sse/stats", fields: "Origin: https://a.example\r\n", hub: hub)
    #expect(answer.statuses == [401])
    #expect(answer.contains("Access-Control-Allow-Origin: *\r\n"))
    #expect(answer.contains("Access-Control-Expose-Headers: Retry-After\r\n"))
  }

  @Test func anOriginThatIsRefusedIsToldOnce() {
    let hub = TestHub { $0.http.allowedOrigins = ["https://a.example"] }
    let origins = [
      "https://a.example", "https://b.example", "https://b.example", "http://127.0.0.1", "https://127.0.0.1", "null",
    ]
    for origin in origins {
      _ = Self.answer("OPTIONS", "/sse/send", fields: "Origin: \(origin)\r\n", hub: hub)
      _ = Self.answer("GET", "/healthz", fields: "Origin: \(origin)\r\n", hub: hub)
    }
    #expect(hub.logged(.originRefused, field: .origin) == ["https://b.example", "null"])
    // After a reload it is news again.
    hub.reload { $0.http.allowedOrigins = [] }
    _ = Self.answer("GET", "/healthz", fields: "Origin: https://b.example\r\n", hub: hub)
    #expect(hub.logged(.originRefused, field: .origin) == ["https://b.example", "null", "https://b.example"])
  }

  @Test(arguments: ["*", "a.example"]) func withEveryOriginAllowedNoneIsTold(origin: String) {
    let hub = TestHub { $0.http.allowedOrigins = ["*"] }
    _ = Self.answer("GET", "/healthz", fields: "Origin: \(origin)\r\n", hub: hub)
    #expect(hub.logged(.originRefused, field: .origin).isEmpty)
  }

  @Test func fullHubAndDrainingHubSaySo() {
    let full = Self.answer(
      "GET", "/sse/connect/auth", token: "anna", hub: TestHub { $0.limits.connections = 0 })
    #expect(full.statuses == [503])
    #expect(full.problemCode == "hub-full")
    #expect(full.contains("Retry-After: "))
    let hub = TestHub()
    hub.hub.startDraining()
    for (method, path, body) in [
      ("GET", "/sse/connect/auth", nil), ("POST", "/sse/broadcast", #"{"data":1}"#), ("GET", "/healthz", nil),
    ] {
      let answer = Self.answer(method, path, token: "anna+publish", body: body, hub: hub)
      #expect(answer.problemCode == "draining")
    }
  }

  @Test func fullUserIsRefusedWhereSoConfigured() {
    let hub = TestHub {
      $0.limits.connectionsPerUser = 0
      $0.limits.perUserPolicy = .refuse
    }
    let answer = Self.answer("GET", "/sse/connect/auth", token: "anna", hub: hub)
    #expect(answer.statuses == [429])
    #expect(answer.problemCode == "too-many-connections")
  }

  @Test func renewTakesTheNewTokensExpiry() throws {
    let hub = TestHub()
    let id = try #require(ConnectionID(Self.connection.description))
    _ = hub.manager.createConnection(ConnectionRequest(id: id, user: try #require(UserID("anna"))), now: TestHub.now)
    let path = "/sse/connections/\(id)/renew"
    #expect(
      Self.answer("POST", path, token: "anna", hub: hub).contains(#""tokenExpiresAt":"2025-12-10T13:00:00.000Z""#))
    #expect(Self.answer("POST", path, token: "anna+eternal", hub: hub).contains(#""tokenExpiresAt":null"#))
    #expect(Self.answer("POST", path, token: "root+admin", hub: hub).statuses == [403])
  }

  @Test(arguments: [
    ("localhost", true), ("LOCALHOST:8888", true), ("127.0.0.1:1", true), ("127.1.2.3", true), ("[::1]:80", true),
    ("[::1]", true),
    ("localhost.evil.example", false), ("127.0.0.1.evil.example", false), ("127.0.0", false), ("128.0.0.1", false),
    ("", false), ("[::2]", false),
    ("127.0.0.x", false), ("evil@localhost", false),
  ])
  func demoKnowsLoopbackHosts(authority: String, isLoopback: Bool) {
    #expect(pushhubd.isLoopback(authority) == isLoopback)
  }

  @Test func userAgentIsCutBetweenCharacters() {
    #expect("abc".prefix(utf8Bytes: 3) == "abc")
    #expect("abcd".prefix(utf8Bytes: 3) == "abc")
    #expect("aä中".prefix(utf8Bytes: 2) == "a")
    #expect("aä中".prefix(utf8Bytes: 5) == "aä")
  }

  @Test func everyProblemCodeIsWrittenInLowerCaseWithHyphens() {
    for code in ProblemCode.allCases {
      #expect(code.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D })
    }
  }
}
