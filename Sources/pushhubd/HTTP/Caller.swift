import HubCore

/// Who sends a request, as its token says.
struct Caller: Sendable {
  static let publishScope = "pushhub:publish"
  static let adminScope = "pushhub:admin"

  let user: UserID
  let scopes: Set<String>
  /// Milliseconds of the wall clock; nil never.
  let expiresAt: Int64?

  var mayPublish: Bool { scopes.contains(Self.publishScope) }
  var mayAdminister: Bool { scopes.contains(Self.adminScope) }
}
