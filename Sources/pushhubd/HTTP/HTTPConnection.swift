import Glibc
import HubCore
import Runtime

/// One HTTP connection: its socket, and the machine that decides. Owned by its shard's thread.
final class HTTPConnection {
  enum Writing {
    case done
    /// The socket takes no more for now.
    case full
    case failed
  }

  enum Reading {
    case nothing
    /// More may be there.
    case some
    case failed
  }

  /// A buffer of more bytes is not kept for short answers.
  private static let maxSpareBytes = 4096

  private var socket: Descriptor
  /// Names it in its shard.
  let token: UInt64
  var machine: HTTP1Machine
  /// In its shard's epoll set.
  var isRegistered = false
  /// Waits for its turn.
  var isQueued = false
  /// Of the output, what is written.
  private var written = 0
  /// There may be something to read.
  private var isReadable = true
  /// The end of the peer's side has been seen; it is to be read up to.
  private var isPeerClosed = false

  init(_ socket: consuming Descriptor, token: UInt64, machine: HTTP1Machine) {
    self.socket = socket
    self.token = token
    self.machine = machine
  }

  var descriptor: CInt { socket.number }

  /// It is a stream's from here on, who closes it.
  func giveSocketAway() { _ = socket.giveAway() }

  func isReady(for interest: Poller.Interest) {
    if !interest.isDisjoint(with: [.readable, .peerClosed, .failed]) { isReadable = true }
    if !interest.isDisjoint(with: [.peerClosed, .failed]) { isPeerClosed = true }
  }

  /// Writes what the machine has to say.
  func write(now: Moment) -> Writing {
    let before = written
    let outcome = send()
    if written > before { machine.outputProgressed(now: now) }
    guard case .done = outcome else { return outcome }
    machine.output.removeAll(keepingCapacity: machine.output.capacity <= Self.maxSpareBytes)
    written = 0
    return .done
  }

  private func send() -> Writing {
    while written < machine.output.count {
      // `written` is less than the count, as the loop says; send(2) reads no more than that and keeps no pointer.
      let count = machine.output.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written, SocketFlags.send)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        return errno == EAGAIN || errno == ENOBUFS ? .full : .failed
      }
    }
    return .done
  }

  /// Reads once, and gives the machine what came, or nothing where it only waits for the peer's end.
  func read(into buffer: UnsafeMutableRawBufferPointer, discarding: Bool, now: Moment) -> Reading {
    guard isReadable else { return .nothing }
    let count = recv(descriptor, buffer.baseAddress, buffer.count, SocketFlags.receive)
    if count == 0 {
      machine.inputEnded()
      isReadable = false
      return .some
    }
    guard count > 0 else {
      isReadable = errno == EINTR
      return errno == EAGAIN ? .nothing : errno == EINTR ? .some : .failed
    }
    // What comes after a short read is an event of its own; only a peer's end may have come with it.
    if count < buffer.count, !isPeerClosed { isReadable = false }
    if !discarding {
      // recv(2) wrote `count` bytes, at most the buffer's; the machine copies what it keeps.
      machine.receive(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count]).span, now: now)
    }
    return .some
  }
}
