import CLinux
import Glibc
import HubCore

/// System calls on a stream's socket.
enum StreamSocket {
  /// What the kernel may hold of one slow client, so that what waits, waits where it is counted.
  private static let sendBufferBytes: CInt = 256 << 10
  private static let unsentLowWaterBytes: CInt = 128 << 10

  enum WriteOutcome {
    case wrote(Int)
    case full
    case failed(CInt)
  }

  /// Sets what a stream needs beyond what its listener's socket passed on to it.
  static func configure(_ descriptor: CInt, userTimeoutMilliseconds: Int64) {
    // Each is an improvement, not a condition: a kernel that refuses one still serves the stream.
    set(descriptor, SOL_SOCKET, SO_SNDBUF, sendBufferBytes)
    set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
    set(descriptor, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, unsentLowWaterBytes)
    set(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, CInt(clamping: userTimeoutMilliseconds))
    if isLoopbackPeer(descriptor) { useReno(descriptor) }
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

  /// Reads and forgets what the client sent after its request; returns false once the client has closed.
  static func discardInput(_ descriptor: CInt) -> Bool {
    // recv(2) writes no more than the buffer has; nobody reads it.
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      for _ in 0..<16 {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, SocketFlags.receive)
        if count == 0 { return false }
        if count < 0 { return errno == EAGAIN || errno == EINTR }
      }
      return true
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

  private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
    var value = value
    _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
  }

  /// On loopback, as to a reverse proxy on the same host, the pacing timers of a system-wide bbr cost about 15 % of the
  /// CPU and win nothing; to other hosts the system's choice stands.
  private static func useReno(_ descriptor: CInt) {
    _ = "reno".withCString { setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_CONGESTION, $0, 4) }
  }

  private static func isLoopbackPeer(_ descriptor: CInt) -> Bool {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return false }
      // A sockaddr_storage has room and alignment for every kind of sockaddr, and its bytes are there for all indexes below;
      // getpeername(2) writes no more than `size`.
      guard getpeername(descriptor, base.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return false }
      switch CInt(bytes.load(as: sockaddr.self).sa_family) {
      case AF_INET: return bytes[4] == 127
      case AF_INET6:
        let isMapped = bytes[8..<18].allSatisfy { $0 == 0 } && bytes[18] == 0xFF && bytes[19] == 0xFF
        return isMapped ? bytes[20] == 127 : bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
      default: return false
      }
    }
  }
}
