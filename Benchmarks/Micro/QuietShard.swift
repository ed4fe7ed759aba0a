import HubCore
import Synchronization

/// A shard without sockets: it takes instructions into a mailbox, as a real one does, and empties it unread.
final class QuietShard: StreamShard {
  private struct State {
    var mailbox: [ShardInstruction] = []
    var newestReplay: ReplayCursor?
  }

  private static let mailboxSize = 256

  private let state = Mutex(State())

  func post(_ instruction: ShardInstruction) {
    state.withLock { state in
      if case .open(let opening) = instruction { state.newestReplay = opening.replay }
      if state.mailbox.count == Self.mailboxSize { state.mailbox.removeAll(keepingCapacity: true) }
      state.mailbox.append(instruction)
    }
  }

  func post(_ event: HeardEvent, to listener: ListenerRef) {}
  func post(_ notice: PresenceNotice, to watcher: WatcherRef) {}
  func wake() {}
  var isOverloaded: Bool { false }
  var eventsDelivered: UInt64 { 0 }

  /// What the stream that was opened last is owed.
  var newestReplay: ReplayCursor? { state.withLock { $0.newestReplay } }
}
