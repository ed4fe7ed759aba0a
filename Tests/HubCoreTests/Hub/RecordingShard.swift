import Synchronization

@testable import HubCore

/// A shard that performs what it is told on streams of its own making, without sockets: what each client would have
/// received so far, frame by frame.
final class RecordingShard: StreamShard {
  struct Stream {
    let stream: StreamRef
    var frames: [Frame] = []
    var replay: ReplayCursor?
    /// Frames that came while the replay was under way.
    var held: [Frame] = []
    var isEnded = false
  }

  struct State {
    var streams: [StreamRef: Stream] = [:]
    var instructions = 0
    var sweeps: [Moment] = []
    var wakes = 0
    var heard: [ListenerRef: [HeardEvent]] = [:]
    var isOverloaded = false
    var notices: [WatcherRef: [PresenceNotice]] = [:]
  }

  let state = Mutex(State())

  func post(_ instruction: ShardInstruction) {
    state.withLock { state in
      state.instructions += 1
      switch instruction {
      case .open(let opening):
        state.streams[opening.stream] = Stream(stream: opening.stream, replay: opening.replay)
      case .send(let frame, let stream): state.streams[stream]?.take(frame)
      case .multicast(let frame, let streams): for stream in streams { state.streams[stream]?.take(frame) }
      case .broadcast(let frame): for stream in state.streams.keys { state.streams[stream]?.take(frame) }
      case .beat(let frame, let slice, let slices):
        for stream in state.streams.keys where stream.place % slices == slice {
          state.streams[stream]?.take(frame)
        }
      case .sweep(let moment): state.sweeps.append(moment)
      case .renew: break
      case .close(let stream, _, let frame): state.streams[stream]?.end(with: frame)
      case .closeAll(let frames):
        for stream in state.streams.keys { state.streams[stream]?.end(with: frames[0]) }
      }
    }
  }

  func post(_ event: HeardEvent, to listener: ListenerRef) {
    state.withLock { $0.heard[listener, default: []].append(event) }
  }

  func post(_ notice: PresenceNotice, to watcher: WatcherRef) {
    state.withLock { $0.notices[watcher, default: []].append(notice) }
  }

  func wake() { state.withLock { $0.wakes += 1 } }
  var isOverloaded: Bool { state.withLock { $0.isOverloaded } }
  var eventsDelivered: UInt64 { 0 }

  /// Lets a stream's replay go on by one batch; returns false where none is under way.
  func continueReplay(of stream: StreamRef, from manager: SSEManager, now: Moment) -> Bool {
    guard let cursor = state.withLock({ $0.streams[stream]?.replay }) else { return false }
    let batch = manager.nextReplayBatch(cursor, now: now)
    state.withLock { state in
      state.streams[stream]?.frames += batch.frames
      state.streams[stream]?.replay = batch.next
      guard batch.next == nil, let held = state.streams[stream]?.held else { return }
      state.streams[stream]?.frames += held
      state.streams[stream]?.held = []
    }
    return true
  }

  /// - Parameter count: so many frames are left out.
  func received(_ stream: StreamRef, after count: Int = 0) -> [String] {
    state.withLock { state in state.streams[stream]?.frames.dropFirst(count).map(\.text) ?? [] }
  }

  /// What a watcher was told since it was last asked.
  func takeNotices(of watcher: WatcherRef) -> [PresenceNotice] {
    state.withLock { $0.notices.removeValue(forKey: watcher) ?? [] }
  }

  func isEnded(_ stream: StreamRef) -> Bool {
    state.withLock { $0.streams[stream]?.isEnded ?? true }
  }
}

extension RecordingShard.Stream {
  mutating func take(_ frame: Frame) {
    guard !isEnded else { return }
    if replay == nil { frames.append(frame) } else { held.append(frame) }
  }

  mutating func end(with frame: Frame) {
    guard !isEnded else { return }
    frames.append(frame)
    isEnded = true
  }
}

extension Frame {
  /// The events as a client sees them.
  var text: String { String(decoding: bytes(as: .plain), as: UTF8.self) }
}
