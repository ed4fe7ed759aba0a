import DequeModule
import HubCore
import HubProtocol

/// What one connection on the socket is told of who is present, on its way to its output: first the list, as it was at one
/// moment, then who comes and goes. Lines are made as there is room for them. It reads no socket and no clock.
struct PresenceFeed {
  /// What waits for its line takes about so much beside its names.
  private static let overheadBytes = 64

  let watcher: WatcherRef
  let scope: WatchScope
  private var waiting: Deque<PresenceNotice>
  /// How many of them are of the list.
  private var listed: Int
  /// What the others take, about.
  private var newsBytes = 0

  init(_ watching: SSEManager.Watching, of scope: WatchScope) {
    self.scope = scope
    watcher = watching.watcher
    waiting = Deque(watching.present)
    listed = watching.present.count
  }

  /// Whether all that there is has gone to the output.
  var isEmpty: Bool { waiting.isEmpty }
  /// Lines that have not gone there.
  var count: Int { waiting.count }

  /// Takes up what just happened; returns false where more waits than may.
  ///
  /// - Parameters:
  ///   - output: where it goes at once if it has room and nothing is before it.
  ///   - maxWaitingBytes: what may wait behind the list, at least one notice.
  mutating func take(_ notice: PresenceNotice, to output: inout [UInt8], hasRoom: Bool, maxWaitingBytes: Int) -> Bool {
    if hasRoom, isEmpty {
      notice.append(to: &output)
      return true
    }
    let size = Self.size(of: notice)
    guard newsBytes == 0 || newsBytes + size <= maxWaitingBytes else { return false }
    newsBytes += size
    waiting.append(notice)
    return true
  }

  /// Moves lines to the output until it holds so many bytes.
  mutating func fill(_ output: inout [UInt8], upTo size: Int) {
    while output.count < size, let notice = waiting.popFirst() {
      if listed > 0 { listed -= 1 } else { newsBytes -= Self.size(of: notice) }
      notice.append(to: &output)
    }
  }

  private static func size(of notice: PresenceNotice) -> Int {
    overheadBytes + notice.user.text.utf8.count + (notice.topic?.text.utf8.count ?? 0)
  }
}
