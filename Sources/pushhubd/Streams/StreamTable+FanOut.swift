import Glibc
import HubCore

extension StreamTable {
  /// The most bytes of waiting frames that are joined into one write per connection.
  var maxJoinedBytes: Int { min(64 << 10, limits.maxQueuedBytes) }

  /// Writes the same bytes to every stream: one send(2) where the road is open, and no allocation, no reference counting
  /// and no lookup. Whatever needs more than that is put aside, and is dealt with when the others have been served.
  func broadcast(_ frames: ArraySlice<Frame>) {
    var detours: [Detour] = []
    let whole = Frame.joining(frames)
    let wall = now.wall
    let flags = SocketFlags.send
    var served: UInt64 = 0
    // Both stay where they are until the closures return: nothing in the loop changes the table, and `send` reads no more
    // than `bytes` and keeps no pointer.
    whole.withUnsafeBytes { bytes in
      slots.withUnsafeMutableBufferPointer { slots in
        for index in slots.indices {
          let descriptor = slots[index].openRoad
          guard descriptor >= 0 else {
            if slots[index].phase != .free { detours.append(Detour(index: index, cause: .waits)) }
            continue
          }
          let sent = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
          guard sent == bytes.count else {
            detours.append(Detour(index: index, cause: sent < 0 ? .failed(errno) : .partial(sent)))
            continue
          }
          slots[index].eventsSent &+= UInt32(truncatingIfNeeded: whole.eventCount)
          slots[index].lastWrite = wall
          served &+= 1
        }
      }
    }
    delivered &+= served &* UInt64(whole.eventCount)
    for detour in detours { take(detour, whole, frames) }
  }

  /// Writes to one stream.
  func send(_ frames: ArraySlice<Frame>, to stream: StreamRef) {
    guard let index = index(of: stream) else { return }
    let descriptor = slots[index].openRoad
    guard descriptor >= 0 else { return take(Detour(index: index, cause: .waits), nil, frames) }
    let whole = Frame.joining(frames)
    // send(2) reads no more than the buffer, and keeps no pointer.
    let sent = whole.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, SocketFlags.send) }
    guard sent == whole.count else {
      return take(Detour(index: index, cause: sent < 0 ? .failed(errno) : .partial(sent)), whole, frames)
    }
    slots[index].eventsSent &+= UInt32(truncatingIfNeeded: whole.eventCount)
    slots[index].lastWrite = now.wall
    delivered &+= UInt64(whole.eventCount)
  }

  /// Heartbeats go to the streams whose place falls into the slice.
  func beat(_ frame: Frame, slice: Int, of slices: Int) {
    for index in stride(from: slice, to: slots.count, by: slices) where slots[index].phase != .free {
      queue(frame, at: index)
    }
  }

  /// Why a stream was not served in the loop.
  struct Detour {
    enum Cause {
      /// Something waits for it already, or it takes its events in another form.
      case waits
      case partial(Int)
      case failed(CInt)
    }

    let index: Int
    let cause: Cause
  }

  private func take(_ detour: Detour, _ whole: Frame?, _ frames: ArraySlice<Frame>) {
    switch detour.cause {
    case .waits:
      for frame in frames { queue(frame, at: detour.index) }
    case .partial(let written):
      if let whole { append(whole, written: written, at: detour.index) }
      awaitWritable(detour.index)
    case .failed(EAGAIN), .failed(EINTR), .failed(ENOBUFS):
      if let whole { append(whole, written: 0, at: detour.index) }
      awaitWritable(detour.index)
    case .failed(let number):
      fail(detour.index, error: number)
    }
  }
}
