import HubCore

extension StreamTable {
  /// Performs the letters in order. Events that follow one another and have the same destination go out together.
  func perform(_ letters: ArraySlice<ShardLetter>, other: (ShardLetter) -> Void = { _ in }) {
    var next = letters.startIndex
    while next < letters.endIndex {
      switch letters[next] {
      case .instruction(.broadcast(let first)):
        let frames = run(of: letters[next...], first) { if case .broadcast(let frame) = $0 { frame } else { nil } }
        broadcast(frames[...])
        next += frames.count
      case .instruction(.send(let first, let stream)):
        let frames = run(of: letters[next...], first) { if case .send(let frame, stream) = $0 { frame } else { nil } }
        send(frames[...], to: stream)
        next += frames.count
      case .instruction(let instruction):
        perform(instruction)
        next += 1
      case let letter:
        other(letter)
        next += 1
      }
    }
  }

  /// The first frame and those that follow it and may be joined with it.
  private func run(
    of letters: ArraySlice<ShardLetter>, _ first: Frame, frame: (ShardInstruction) -> Frame?
  ) -> [Frame] {
    var frames = [first]
    var bytes = first.count
    for letter in letters.dropFirst() {
      guard case .instruction(let instruction) = letter, let frame = frame(instruction) else { break }
      bytes += frame.count
      guard bytes <= maxJoinedBytes else { break }
      frames.append(frame)
    }
    return frames
  }

  func perform(_ instruction: ShardInstruction) {
    switch instruction {
    case .open(let opening): open(opening)
    case .send(let frame, let stream): send([frame], to: stream)
    case .broadcast(let frame): broadcast([frame])
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
