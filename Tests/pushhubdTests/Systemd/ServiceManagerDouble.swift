import Glibc
import Synchronization
import Testing

@testable import pushhubd

/// Listens on `$NOTIFY_SOCKET` as systemd does. Only one at a time makes sense in a process.
final class ServiceManagerDouble {
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(descriptor >= 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array("\0pushhub-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(result == 0)
    setenv("NOTIFY_SOCKET", "@" + String(decoding: name.dropFirst(), as: UTF8.self), 1)
  }

  deinit {
    unsetenv("NOTIFY_SOCKET")
    close(descriptor)
  }

  /// The next message, or nil if none comes in that many milliseconds.
  func receive(within milliseconds: Int32 = 5000) -> String? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, milliseconds) == 1 else {
      return nil
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count >= 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}

/// A probe that answers at once, or holds its answers until it is told to give them.
final class SwitchableProbe: WatchdogProbe {
  private struct State {
    var isHolding = false
    var held: [@Sendable () -> Void] = []
  }

  let name = "the switchable loop"
  private let state = Mutex(State())

  func ping(_ answered: @escaping @Sendable () -> Void) {
    let isHeld = state.withLock { state in
      if state.isHolding {
        state.held.append(answered)
      }
      return state.isHolding
    }
    if !isHeld {
      answered()
    }
  }

  func hold() {
    state.withLock { $0.isHolding = true }
  }

  func release() {
    let held = state.withLock { state in
      state.isHolding = false
      defer { state.held = [] }
      return state.held
    }
    for answer in held {
      answer()
    }
  }
}
