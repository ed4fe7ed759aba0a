import HubCore

extension StreamTable {
  /// Performs the items in order. Events that follow one another and have the same destination go out together.
  func perform(_ items: ArraySlice<ShardItem>, other: (ShardItem) -> Void = { _ in }) {
    var next = items.startIndex
    while next < items.endIndex {
      let item = items[next]
      next += 1
      switch item {
      case .instruction(.broadcast(let frame)):
        let run = run(from: next, in: items, after: frame) { if case .broadcast(let next) = $0 { next } else { nil } }
        next += run.count
        broadcast(run.isEmpty ? frame : Frame.joining([frame] + run))
      case .instruction(.send(let frame, let stream)):
        let run = run(from: next, in: items, after: frame) {
          if case .send(let next, stream) = $0 { next } else { nil }
        }
        next += run.count
        send(run.isEmpty ? frame : Frame.joining([frame] + run), to: stream)
      case .instruction(let instruction): perform(instruction)
      default: other(item)
      }
    }
  }

  /// The frames that follow a frame and may go out together with it; most often there are none. What belongs to a value
  /// goes alone, so that a newer one can take its place in a queue.
  @inline(__always) private func run(
    from start: Int, in items: ArraySlice<ShardItem>, after first: Frame, frame: (ShardInstruction) -> Frame?
  ) -> [Frame] {
    guard first.value == nil else { return [] }
    var frames: [Frame] = []
    var bytes = first.count
    for index in start..<items.endIndex {
      guard case .instruction(let instruction) = items[index], let frame = frame(instruction), frame.value == nil
      else { break }
      bytes += frame.count
      guard bytes <= maxJoinedBytes else { break }
      frames.append(frame)
    }
    return frames
  }

  func perform(_ instruction: ShardInstruction) {
    switch instruction {
    case .open(let opening): open(opening)
    case .send(let frame, let stream): send(frame, to: stream)
    case .multicast(let frame, let streams): multicast(frame, to: streams)
    case .broadcast(let frame): broadcast(frame)
    case .beat(let frame, let slice, let slices): beat(frame, slice: slice, of: slices)
    case .sweep(let moment):
      now = moment
      sweep()
    case .renew(let stream, let tokenExpiresAt): renew(stream, tokenExpiresAt: tokenExpiresAt)
    case .close(let stream, let reason, let frame): close(stream, because: reason, with: frame)
    case .closeAll(let frames): closeAll(with: frames)
    }
  }
}
