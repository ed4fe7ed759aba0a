import CLinux
import Glibc

/// An epoll set (epoll(7)), edge-triggered, and the eventfd(2) that wakes who waits in it.
///
/// Owned by one thread, but for `wake`.
package final class Poller: @unchecked Sendable {
  // Sendable: both descriptors are constants, and the kernel serialises what is done with them. The buffer of events
  // is touched by `wait` alone, which the owning thread calls.

  /// What a descriptor is watched for.
  package struct Interest: OptionSet {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    package static let peerClosed = Interest(rawValue: EPOLLRDHUP.rawValue)
    /// Of several sets that have the descriptor, not all are woken.
    package static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    package static let failed = Interest(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
  }

  private static let wakeToken = UInt64.max
  private static let maxEvents = 256

  private let epoll: Descriptor
  private let event: Descriptor
  /// Freed by `deinit` alone. epoll_wait(2) fills at most `maxEvents`, and `event(at:)` is asked only about those.
  private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: maxEvents)

  package init() throws(SystemCallError) {
    epoll = try Descriptor(epoll_create1(CInt(EPOLL_CLOEXEC)), of: "epoll_create1")
    event = try Descriptor(eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)), of: "eventfd")
    try add(event.number, token: Self.wakeToken, for: .readable)
  }

  deinit { events.deallocate() }

  /// Each write is an event of its own, so the counter is never read; it has room for 2⁶⁴ of them.
  package func wake() {
    var one: UInt64 = 1
    _ = write(event.number, &one, 8)
  }

  package func add(_ descriptor: CInt, token: UInt64, for interest: Interest) throws(SystemCallError) {
    try control(EPOLL_CTL_ADD, descriptor, token, interest)
  }

  /// Whether the descriptor is in the set or not.
  package func set(_ descriptor: CInt, token: UInt64, for interest: Interest) throws(SystemCallError) {
    do throws(SystemCallError) {
      try add(descriptor, token: token, for: interest)
    } catch {
      guard error.number == EEXIST else { throw error }
      try modify(descriptor, token: token, for: interest)
    }
  }

  package func modify(_ descriptor: CInt, token: UInt64, for interest: Interest) throws(SystemCallError) {
    try control(EPOLL_CTL_MOD, descriptor, token, interest)
  }

  package func remove(_ descriptor: CInt) {
    _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, nil)  // what is not in the set need not be removed
  }

  /// Waits until something happens, or for so many milliseconds (-1: without end). Returns how many events there are.
  package func wait(milliseconds: CInt) -> Int {
    max(0, Int(epoll_wait(epoll.number, events, CInt(Self.maxEvents), milliseconds)))
  }

  /// One of the events that `wait` found; nil where it only was somebody's `wake`.
  package func event(at index: Int) -> (token: UInt64, interest: Interest)? {
    let token = events[index].data.u64
    return token == Self.wakeToken ? nil : (token, Interest(rawValue: events[index].events))
  }

  private func control(
    _ operation: CInt, _ descriptor: CInt, _ token: UInt64, _ interest: Interest
  ) throws(SystemCallError) {
    var event = epoll_event(
      events: interest.rawValue | EPOLLET.rawValue, data: epoll_data_t(u64: token))
    guard epoll_ctl(epoll.number, operation, descriptor, &event) == 0 else { throw SystemCallError("epoll_ctl") }
  }
}
