import CLinux
import Glibc
import HubCore
import Runtime

/// System calls on a stream's socket.
enum StreamSocket {
  enum WriteOutcome {
    case wrote(Int)
    case full
    case failed(CInt)
  }

  static func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> WriteOutcome {
    // send(2) reads no more than the buffer, and keeps no pointer.
    outcome(of: send(descriptor, bytes.baseAddress, bytes.count, SocketFlags.send))
  }

  /// Writes what waits, in one call.
  static func write(_ descriptor: CInt, _ outbox: borrowing Outbox) -> WriteOutcome {
    withUnsafeTemporaryAllocation(of: clinux_part.self, capacity: maxParts) { parts in
      var count = 0
      // The frames stay alive as long as the outbox holds them.
      outbox.forEachPart(atMost: maxParts) { bytes in
        parts.initializeElement(at: count, to: clinux_part(base: bytes.baseAddress, size: bytes.count))
        count += 1
      }
      return outcome(of: clinux_send_parts(descriptor, parts.baseAddress, count, SocketFlags.send))
    }
  }

  enum Input {
    case none
    /// There may be more of it.
    case some
    /// The client has closed.
    case ended
  }

  /// Reads and forgets what the client sent after its request.
  static func discardInput(_ descriptor: CInt) -> Input {
    // recv(2) writes no more than the buffer has; nobody reads it.
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      for _ in 0..<16 {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, SocketFlags.receive)
        if count == 0 { return .ended }
        if count < 0, errno != EINTR { return errno == EAGAIN ? .none : .ended }
      }
      return .some
    }
  }

  /// Closes such that the peer gets what was written, unless it `isAborted`.
  static func close(_ descriptor: CInt, isAborted: Bool) {
    if isAborted {
      var reset = linger(l_onoff: 1, l_linger: 0)
      _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
    } else {
      // Unread input would make the kernel answer close(2) with a reset, which overtakes what was written.
      _ = discardInput(descriptor)
    }
    _ = Glibc.close(descriptor)
  }

  private static let maxParts = 64

  private static func outcome(of result: Int) -> WriteOutcome {
    if result >= 0 { return .wrote(result) }
    let number = errno
    return number == EAGAIN || number == EINTR || number == ENOBUFS ? .full : .failed(number)
  }
}
