import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct EndpointTests {
  private static let connection = ConnectionID(high: 1, low: 2)

  private static func code(_ path: String, base: String = "/sse", isDevelopment: Bool = false) -> String {
    guard let target = RequestTarget(path) else { return "no target" }
    do throws(Problem) {
      return "\(try Endpoints(basePath: base, isDevelopment: isDevelopment).endpoint(at: target.segments))"
    } catch { return error.code.rawValue }
  }

  @Test(arguments: [
    ("/sse/connect/auth", "connect"), ("/sse/send", "send"), ("/sse/broadcast", "broadcast"),
    ("/sse/stats", "statistics"), ("/healthz", "health"), ("/metrics", "metrics"),
    ("/sse/users/42/connections", "connections(42)"), ("/sse/connections", "followers"), ("/sse/presence", "presence"),
    ("/sse/users/a%20b/disconnect", "disconnect(a b)"), ("/%73se/send", "send"),
    ("/sse/users/a%2Fb/revoke", "revoke(a/b)"), ("/sse/users/revoke/unrevoke", "unrevoke(revoke)"),
    ("/sse/users/42/block", "block(42)"), ("/sse/users/42/unblock", "unblock(42)"),
    ("/sse/users/42/Block", "not-found"), ("/sse/users//revoke", "malformed-request"),
    ("/sse/users/42/revoke/", "not-found"),
    ("/sse/connections/\(connection)/renew", "renew(Optional(\(connection)))"),
    ("/sse/connections/conn_x/renew", "renew(nil)"), ("/sse/users//connections", "malformed-request"),
    ("/sse/users/%0a/connections", "malformed-request"), ("/sse", "not-found"), ("/sse/", "not-found"),
    ("/", "not-found"), ("/send", "not-found"), ("/sse/send/", "not-found"), ("//sse/send", "not-found"),
    ("/SSE/send", "not-found"), ("/sse/Send", "not-found"), ("/sse/connect", "not-found"),
    ("/sse/users/42", "not-found"), ("/sse/users/42/delete", "not-found"), ("/sse/healthz", "not-found"),
    ("/sse/connections/x/y/renew", "not-found"), ("/demo/session", "not-found"), ("/sse/../healthz", "not-found"),
  ])
  func pathNamesAnEndpoint(path: String, outcome: String) { #expect(Self.code(path) == outcome) }

  @Test(arguments: [("/api/sse", "/api/sse/send"), ("/", "/send"), ("", "/send"), ("/sse/", "/sse/send")])
  func basePathIsConfigurable(base: String, path: String) {
    #expect(Self.code(path, base: base) == "send")
    #expect(Self.code("/healthz", base: base) == "health")
  }

  @Test func demoIsThereForDevelopmentOnly() {
    #expect(Self.code("/demo/session", isDevelopment: true) == "demoSession")
  }
}
