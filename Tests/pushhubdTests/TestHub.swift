import HubCore
import HubProtocol
import Logging
import Runtime

@testable import pushhubd

/// A real hub whose shards nobody runs: what they are told stays in their mailboxes until a test looks at it.
final class TestHub {
  static let now = Moment(wall: 1_765_368_000_000, monotonic: 5_000)

  let hub: Hub
  private let writer = RecordingWriter()
  private var settings: Settings
  private var items: [ShardItem] = []

  init(shards: Int = 1, _ change: (inout Settings) -> Void = { _ in }) {
    settings = Settings()
    change(&settings)
    guard let log = try? HubLog(writer: writer, level: .trace),
      let shards = try? (0..<shards).map({ _ in try Shard() })
    else { preconditionFailure("no thread or no descriptor is left") }
    hub = Hub(Self.rules(settings), epoch: 7, shards: shards, log: log, now: Self.now)
  }

  deinit { hub.log.end() }

  var manager: SSEManager { hub.manager }
  var shard: Shard { hub.shards[0] }

  /// As a reload does.
  func reload(_ change: (inout Settings) -> Void) {
    change(&settings)
    hub.update(Self.rules(settings))
  }

  private static func rules(_ settings: Settings) -> Rules {
    guard let keys = try? KeyFile(contents: TestSigner.secret).keys else {
      preconditionFailure("a good secret is refused")
    }
    return Rules(settings, keys: keys, automaticMaximum: 10_000, isDevelopment: false)
  }

  // MARK: - Tokens

  /// A token of a user, `anna`, with the scopes that stand behind the name: `anna+publish`, `root+admin`. Its signature is
  /// `+bad`, or it is good for an hour, or `+eternal`.
  static func token(_ text: String) -> String {
    let parts = text.split(separator: "+").map(String.init)
    let scopes = ["publish", "admin"].filter(parts.contains).map { "pushhub:\($0)" }.joined(separator: " ")
    let expiry = parts.contains("eternal") ? "" : #","exp":\#(now.wall / 1000 + 3600)"#
    let secret = parts.contains("bad") ? TestSigner.secret.reversed() : TestSigner.secret
    let token = try? TestSigner.hmac(secret: secret)
      .token(#"{"sub":"\#(parts[0])","scope":"\#(scopes)"\#(expiry)}"#)
    return token ?? "no token"
  }

  // MARK: - What the shard is told

  /// All that is in its mailbox.
  func takeItems() -> [ShardItem] {
    var more: [ShardItem] = []
    if shard.mailbox.exchange(&more) { items += more }
    defer { items = [] }
    return items
  }

  private var instructions: [ShardInstruction] {
    items = takeItems()
    return items.compactMap { if case .instruction(let instruction) = $0 { instruction } else { nil } }
  }

  /// Of the streams that were opened.
  var openedSockets: [CInt] {
    instructions.compactMap { if case .open(let opening) = $0 { opening.socket } else { nil } }
  }

  var frames: [String] {
    instructions.compactMap {
      switch $0 {
      case .send(let frame, _), .broadcast(let frame): String(decoding: frame.bytes(as: .plain), as: UTF8.self)
      default: nil
      }
    }
  }

  // MARK: - What the log says

  /// The entries of some kinds, each with the value of a field.
  func logged(_ kinds: LogEntryKind..., field: LogField) -> [String] {
    hub.log.queue.flush(within: .seconds(5))
    return writer.written.compactMap { entry in
      guard let kind = entry.kind, kinds.contains(kind) else { return nil }
      return entry.values.first { $0.field == field }?.text ?? ""
    }
  }
}
