import Glibc

/// TCP sockets that listen.
package enum ListeningSocket {
  /// Why there is none, in words for the operator.
  package struct Failure: Error {
    package let reason: String
    /// What the system said of the socket; nil where the host's name is the trouble.
    package let errno: CInt?
  }

  private static let backlog: CInt = 4096
  /// What the kernel may hold for one client. What waits for a slow one shall wait where it is counted, and where a newer
  /// value can take its place: with what is on its way that is at most 64 KiB.
  private static let sendBufferBytes: CInt = 256 << 10
  private static let unsentLowWaterBytes: CInt = 48 << 10

  /// Opens one at the first of the host's addresses. Returns its descriptor: non-blocking, closed on exec.
  package static func open(host: String, port: Int) throws(Failure) -> CInt {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var addresses: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &addresses)
    guard result == 0, let first = addresses?.pointee else {
      throw Failure(reason: String(cString: gai_strerror(result)), errno: nil)
    }
    defer { freeaddrinfo(addresses) }
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    var descriptor = Descriptor(socket(first.ai_family, kind, 0))
    set(descriptor.number, SOL_SOCKET, SO_REUSEADDR, 1)
    guard descriptor.number >= 0, bind(descriptor.number, first.ai_addr, first.ai_addrlen) == 0,
      listen(descriptor.number, backlog) == 0
    else { throw Failure(reason: systemError(errno), errno: errno) }
    return descriptor.giveAway()
  }

  /// Sets what the sockets that are accepted from now on inherit.
  ///
  /// - Parameter userTimeout: milliseconds for which sent bytes may stay unacknowledged (tcp(7)).
  package static func configure(_ descriptor: CInt, userTimeout: Int64) {
    // Each is an improvement, not a condition: a kernel that refuses one still serves.
    set(descriptor, SOL_SOCKET, SO_SNDBUF, sendBufferBytes)
    set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
    set(descriptor, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, unsentLowWaterBytes)
    set(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, CInt(clamping: userTimeout))
    if SocketAddress(boundBy: descriptor)?.isLoopback == true { useReno(descriptor) }
  }

  /// On loopback, as to a reverse proxy on the same host, the pacing timers of a system-wide bbr cost about 15 % of the
  /// CPU and win nothing; to other hosts the system's choice stands.
  package static func useReno(_ descriptor: CInt) {
    _ = "reno".withCString { setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_CONGESTION, $0, 4) }
  }

  private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
    var value = value
    _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
  }
}
