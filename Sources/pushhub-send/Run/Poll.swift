import Glibc

/// poll(2), with its flags in the type of `pollfd.events`.
enum Poll {
  static let readable = Int16(POLLIN)
  static let writable = Int16(POLLOUT)

  /// - Parameter descriptor: nil for one that is passed over.
  static func descriptor(_ descriptor: Int32?, _ events: Int16) -> pollfd {
    pollfd(fd: descriptor ?? -1, events: events, revents: 0)
  }

  /// Waits until one of the descriptors is ready. With a deadline that has passed it still looks once.
  /// - Returns: false when the deadline passed.
  static func wait(_ descriptors: inout [pollfd], until deadline: Deadline?) throws(Failure) -> Bool {
    while true {
      let ready = poll(&descriptors, nfds_t(descriptors.count), deadline?.remainingMilliseconds ?? -1)
      if ready >= 0 { return ready > 0 }
      guard errno == EINTR else { throw Failure(.inputOutput, "cannot wait: \(SystemError.text(errno))") }
    }
  }
}
