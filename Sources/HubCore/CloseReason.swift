/// Why a stream ended, as its `close` event, the statistics and the log name it.
package enum CloseReason: String, CaseIterable, Sendable {
  /// An operator or the user's other device asked for it.
  case disconnected
  /// The user's limit of connections.
  case replaced
  case tokenExpired = "token-expired"
  /// Its token was revoked.
  case revoked
  case slowConsumer = "slow-consumer"
  /// The peer took no byte, or stopped acknowledging.
  case timeout
  case shutdown
  /// The peer closed first; nobody is there to be told.
  case clientClosed = "client-closed"

  /// Whether the client shall come back. Where not, the `close` event carries `id: closed`.
  package var reconnect: Bool { self != .disconnected && self != .replaced }

  /// Whether somebody wanted the user gone, so that it is not waited for. What replaces a connection comes at once.
  var endsPresence: Bool {
    switch self {
    case .disconnected: true
    case .replaced, .revoked, .tokenExpired, .slowConsumer, .timeout, .shutdown, .clientClosed: false
    }
  }
}
