import HubCore
import HubProtocol

/// The events that one connection on the socket listens to, on their way to its output: first what history owes, then
/// what comes. It reads no socket and no clock.
struct EventFeed {
  let listener: ListenerRef
  let targets: [ListenTarget]
  /// The id of the last event whose line went to the output, or where it began.
  private(set) var position: EventID
  private var cursor: ListenCursor?
  /// What history owes, as far as it has been looked up.
  private var owed: ArraySlice<HeardEvent> = []
  private var live = Outbox(form: .plain)

  init(_ listening: SSEManager.Listening, to targets: [ListenTarget]) {
    self.targets = targets
    listener = listening.listener
    position = listening.position
    cursor = listening.cursor
  }

  /// Whether all that there is has gone to the output.
  var isEmpty: Bool { live.isEmpty && owed.isEmpty && cursor == nil }

  /// Takes up what was just published; returns false where more waits than may.
  ///
  /// - Parameters:
  ///   - output: where it goes at once if it has room and nothing is before it.
  ///   - maxWaitingBytes: what may wait, at least one event.
  mutating func take(_ event: HeardEvent, to output: inout [UInt8], hasRoom: Bool, maxWaitingBytes: Int) -> Bool {
    if hasRoom, isEmpty {
      event.append(to: &output)
      went(event.frame.sequence)
      return true
    }
    let line = event.line
    live.conflate(for: line)
    guard live.isEmpty || live.bytes + line.wireSize(as: .plain) <= maxWaitingBytes else { return false }
    live.append(line)
    return true
  }

  /// Moves lines to the output until it holds so many bytes; returns false where history has lost what is owed.
  mutating func fill(
    _ output: inout [UInt8], upTo size: Int, nextBatch: (ListenCursor) -> ListenBatch
  ) -> Bool {
    while output.count < size {
      if let event = owed.popFirst() {
        event.append(to: &output)
        went(event.frame.sequence)
      } else if let cursor {
        let batch = nextBatch(cursor)
        if batch.isTorn { return false }
        owed = batch.events[...]
        self.cursor = batch.next
      } else if !live.isEmpty {
        moveLine(to: &output)
      } else {
        return true
      }
    }
    return true
  }

  private mutating func moveLine(to output: inout [UInt8]) {
    let before = output.count
    // Copied within the closure.
    live.forEachPart(atMost: 1) { output.append(contentsOf: $0) }
    live.wrote(output.count - before)
    went(live.lastFinished)
  }

  private mutating func went(_ sequence: UInt64) { position = EventID(epoch: position.epoch, sequence: sequence) }
}
